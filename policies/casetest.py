"""Runs the cases that stand beside each rule: what must be flagged, and what must not.

What must be flagged may be said or asked about. What must not be flagged is left alone; it may be asked about only
where its case says ``may_ask``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import zip_longest

from policies.engine import Context, Engine, Explanation
from policies.facts import LinkState, PictureState
from policies.model.keys import PostKey
from policies.model.people import Person
from policies.model.post import Direction, Kind, Media, Post
from policies.rulebook import LoadedRule, RuleBook
from policies.rules import CasePerson, TestCase
from policies.scoring import Embedder, Scorer
from policies.surroundings import BrandProfile, Gatherer, PostsInHand, Reader
from policies.view import PAID

#: When cases are published that do not say when: a Wednesday at noon.
NOON = datetime(2026, 6, 3, 12, tzinfo=UTC)
#: Fewest cases of each sort that a rule should have.
ENOUGH = 3


class Sort(StrEnum):
    """What a case is there to show."""

    FLAG = "flag"
    OK = "ok"
    TODO = "todo"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """What a rule made of one of its cases."""

    rule: LoadedRule
    sort: Sort
    number: int  #: among the cases of its sort, from 1
    case: TestCase
    explanation: Explanation

    @property
    def skipped(self) -> bool:
        """Whether something that the rule needs was not there, such as a model."""
        return self.explanation.skipped

    @property
    def asked(self) -> bool:
        """Whether the rule asks about it, and does not say so."""
        return self.explanation.fired and self.explanation.question

    @property
    def right(self) -> bool:
        """Whether the rule judged as it should."""
        if self.sort is Sort.OK:
            return not self.explanation.fired or (self.asked and self.case.may_ask)
        return self.explanation.fired

    def __str__(self) -> str:
        done = "asked about" if self.asked else "flagged"
        seen = (
            "it was not flagged"
            if self.sort is not Sort.OK
            else f"it was {done} for “{self.explanation.matched}”"
        )
        wanted = "must be flagged" if self.sort is not Sort.OK else "must not be flagged"
        place = f"{self.rule.file}:{self.rule.line}"
        why = f" {self.case.why}" if self.case.why else ""
        return (
            f"{place}: {self.rule.id}, {self.sort} case {self.number}: “{self.case.text}” {wanted}, but {seen}: "
            f"{self.explanation.reason}.{why} {self._mend()}"
        )

    def _mend(self) -> str:
        if self.sort is Sort.OK:
            may = ", or the case says `may_ask: true`" if self.asked else ""
            return f"It passes once the check leaves these words alone, or an `unless` covers them{may}."
        return "It passes once the check finds some of its words."


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What all cases showed."""

    results: tuple[CaseResult, ...]
    thin: tuple[LoadedRule, ...]  #: live rules with fewer than three cases of either sort

    @property
    def misses(self) -> tuple[CaseResult, ...]:
        """Cases that must hold and do not."""
        return tuple(r for r in self.results if not r.right and not r.skipped and r.sort is not Sort.TODO)

    @property
    def skipped(self) -> tuple[CaseResult, ...]:
        """Cases that could not be run."""
        return tuple(r for r in self.results if r.skipped)

    @property
    def asked(self) -> tuple[CaseResult, ...]:
        """Cases that hold by a question."""
        return tuple(r for r in self.results if r.right and r.asked)

    @property
    def mended(self) -> tuple[CaseResult, ...]:
        """Known mistakes that are none any more: make them flag or ok cases."""
        return tuple(r for r in self.results if r.sort is Sort.TODO and r.right and not r.skipped)

    @property
    def ok(self) -> bool:
        """Whether every case that could be run holds, and every rule has enough of them."""
        return not self.misses and not self.thin


def run(rulebook: RuleBook, scorer: Scorer | None = None, embedder: Embedder | None = None) -> Report:
    """Run every case of every rule that is not retired."""
    engine = Engine(rulebook)
    rules = rulebook.in_force
    cases = [item for rule in rules for item in _cases(rule)]
    stages = [stage(case, rule) for rule, _, _, case in cases]
    read = _reader(stages, scorer)
    results = []
    for (rule, sort, number, case), staged in zip(cases, stages, strict=True):
        post, context = staged[-1], _context(case, staged, rule, read, embedder)
        explanation = next(e for e in engine.explain(post, context, only={rule.id}) if e.rule == rule.id)
        results.append(CaseResult(rule=rule, sort=sort, number=number, case=case, explanation=explanation))
    thin = tuple(r for r in rules if min(len(r.rule.cases.flag), len(r.rule.cases.ok)) < ENOUGH)
    return Report(results=tuple(results), thin=thin)


def _cases(rule: LoadedRule) -> Iterator[tuple[LoadedRule, Sort, int, TestCase]]:
    cases = rule.rule.cases
    for sort, group in ((Sort.FLAG, cases.flag), (Sort.OK, cases.ok), (Sort.TODO, cases.todo)):
        for number, case in enumerate(group, 1):
            yield rule, sort, number, case


def stage(case: TestCase, rule: LoadedRule) -> list[Post]:
    """What was said and published around a case, its own post last. What the case leaves open is as the rule wants it.

    What the brand published before an answer are answers to others.
    """
    applies = rule.rule.applies
    at = case.at or NOON
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    answers = case.reply_to is not None
    key = PostKey(
        platform=case.platform or next(iter(applies.platform), "x"), account="brand", external_id="case"
    )
    post = Post(
        key=key,
        thread_id="parent" if answers else "case",
        parent_id="parent" if answers else None,
        direction=applies.direction or Direction.OUTBOUND,
        kind=case.kind or next(iter(applies.kind), Kind.REPLY if answers else Kind.POST),
        author=case.author or "brand",
        created_at=at,
        text=case.text,
        media=tuple(
            Media(kind="image", url=_picture(number), alt_text=alt)
            for number, (alt, _) in enumerate(zip_longest(case.alt, case.pictures))
        ),
    )
    return [*_earlier(case, post), *_parent(case, post), post]


def _parent(case: TestCase, post: Post) -> Iterator[Post]:
    """What the post of a case answers."""
    if case.reply_to is not None:
        yield replace(
            post,
            key=replace(post.key, external_id="parent"),
            parent_id=None,
            direction=Direction.INBOUND,
            kind=Kind.POST,
            author="customer",
            created_at=post.created_at - timedelta(hours=1),
            text=case.reply_to,
            media=(),
        )


def _earlier(case: TestCase, post: Post) -> Iterator[Post]:
    """What the brand published before, half an hour between each."""
    for number, text in enumerate(case.earlier):
        name = f"earlier{number}"
        yield replace(
            post,
            key=replace(post.key, external_id=name),
            thread_id=name,
            parent_id=f"asked{number}" if post.parent_id else None,
            created_at=post.created_at - timedelta(minutes=30 * (len(case.earlier) - number)),
            text=text,
            media=(),
        )


def _picture(number: int) -> str:
    """The address of a picture of a case, counted from 0."""
    return f"picture:{number}"


def _link(lands_on: str) -> LinkState:
    gone = lands_on == "dead"
    return LinkState(alive=not gone, reason="it is gone" if gone else "", lands_on=None if gone else lands_on)


def _reader(stages: Sequence[Sequence[Post]], scorer: Scorer | None) -> Reader | None:
    """Reads from what the model said of all cases at once."""
    if scorer is None:
        return None
    texts = list(dict.fromkeys(post.text for staged in stages for post in staged))
    readings = dict(zip(texts, scorer.read(texts), strict=True))
    return lambda wanted: [readings[text] for text in wanted]


def _context(
    case: TestCase,
    staged: Sequence[Post],
    rule: LoadedRule,
    read: Reader | None,
    embedder: Embedder | None,
) -> Context:
    gatherer = Gatherer(
        needs=rule.needs,
        looks_back=rule.looks_back,
        source=PostsInHand(staged),
        brand=BrandProfile(people=[_person(one) for one in case.people]),
        read=read,
        embedder=embedder,
    )
    (context,) = gatherer.around([staged[-1]])
    return replace(
        context,
        campaign=case.campaign,
        labels=frozenset({PAID} if case.paid_label else ()),
        links={address: _link(lands_on) for address, lands_on in case.links.items()},
        pictures={_picture(number): PictureState(words=words) for number, words in enumerate(case.pictures)},
    )


def _person(one: CasePerson) -> Person:
    met = date.min if one.met else None
    return Person(id=one.mark, name=one.mark, role=one.role, marks=(one.mark,), met_on=met)
