"""Runs the cases that stand beside each rule: what must be flagged, and what must not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import zip_longest

from policies.engine import Context, Engine, Explanation
from policies.facts import LinkState, PictureState
from policies.model.keys import PostKey
from policies.model.post import Direction, Kind, Media, Post
from policies.model.thread import Thread
from policies.rulebook import LoadedRule, RuleBook
from policies.rules import TestCase
from policies.scoring import Embedder, Reading, Scorer

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
    def right(self) -> bool:
        """Whether the rule judged as it should."""
        return self.explanation.fired is (self.sort is not Sort.OK)

    def __str__(self) -> str:
        seen = (
            "it was not flagged"
            if self.sort is not Sort.OK
            else f"it was flagged for “{self.explanation.matched}”"
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
            return "It passes once the check leaves these words alone, or an `unless` covers them."
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
    readings = _readings(stages, scorer)
    results = []
    for (rule, sort, number, case), (post, thread) in zip(cases, stages, strict=True):
        context = _context(case, post, thread, readings, embedder)
        explanation = next(e for e in engine.explain(post, context, only={rule.id}) if e.rule == rule.id)
        results.append(CaseResult(rule=rule, sort=sort, number=number, case=case, explanation=explanation))
    thin = tuple(r for r in rules if min(len(r.rule.cases.flag), len(r.rule.cases.ok)) < ENOUGH)
    return Report(results=tuple(results), thin=thin)


def _cases(rule: LoadedRule) -> Iterator[tuple[LoadedRule, Sort, int, TestCase]]:
    cases = rule.rule.cases
    for sort, group in ((Sort.FLAG, cases.flag), (Sort.OK, cases.ok), (Sort.TODO, cases.todo)):
        for number, case in enumerate(group, 1):
            yield rule, sort, number, case


def stage(case: TestCase, rule: LoadedRule) -> tuple[Post, Thread]:
    """The post of a case, and the conversation around it. What the case leaves open is as the rule wants it."""
    applies = rule.rule.applies
    at = case.at or NOON
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    platform = case.platform or next(iter(applies.platform), "x")
    parent = _post("parent", case.reply_to, at - timedelta(hours=1), platform, Direction.INBOUND, "customer")
    kind = case.kind or next(iter(applies.kind), Kind.REPLY if parent else Kind.POST)
    media = tuple(
        Media(kind="image", url=_picture(number), alt_text=alt)
        for number, (alt, _) in enumerate(zip_longest(case.alt, case.pictures))
    )
    post = Post(
        key=PostKey(platform=platform, account="brand", external_id="case"),
        thread_id="parent" if parent else "case",
        parent_id="parent" if parent else None,
        direction=applies.direction or Direction.OUTBOUND,
        kind=kind,
        author=case.author or "brand",
        created_at=at,
        text=case.text,
        media=media,
    )
    return post, Thread(thread_id=post.thread_id, posts=(parent, post) if parent else (post,))


def _post(
    name: str, text: str | None, at: datetime, platform: str, direction: Direction, author: str
) -> Post | None:
    if text is None:
        return None
    return Post(
        key=PostKey(platform=platform, account="brand", external_id=name),
        thread_id="parent",
        parent_id=None,
        direction=direction,
        kind=Kind.POST,
        author=author,
        created_at=at,
        text=text,
    )


def _picture(number: int) -> str:
    """The address of a picture of a case, counted from 0."""
    return f"picture:{number}"


def _link(lands_on: str) -> LinkState:
    gone = lands_on == "dead"
    return LinkState(alive=not gone, reason="it is gone" if gone else "", lands_on=None if gone else lands_on)


def _readings(stages: list[tuple[Post, Thread]], scorer: Scorer | None) -> dict[str, Reading]:
    """A reading for each text that stands in a case."""
    if scorer is None:
        return {}
    texts = list(dict.fromkeys(post.text for _, thread in stages for post in thread.posts))
    return dict(zip(texts, scorer.read(texts), strict=True))


def _context(
    case: TestCase, post: Post, thread: Thread, readings: dict[str, Reading], embedder: Embedder | None
) -> Context:
    known = {p.key: readings[p.text] for p in thread.posts if p.text in readings}
    history = [
        _post(f"earlier{number}", text, post.created_at - timedelta(minutes=30 * (len(case.earlier) - number)),
              post.key.platform, post.direction, post.author)
        for number, text in enumerate(case.earlier)
    ]  # fmt: skip
    return Context(
        reading=known.get(post.key),
        thread=thread,
        readings=known,
        embedder=embedder,
        history=[p for p in history if p],
        campaign=case.campaign,
        paid_label=case.paid_label,
        links={address: _link(lands_on) for address, lands_on in case.links.items()},
        pictures={_picture(number): PictureState(words=words) for number, words in enumerate(case.pictures)},
    )
