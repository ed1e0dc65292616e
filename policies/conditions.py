"""What a rule looks for: one check, or several put together.

Besides the kinds of check, a condition may say

- ``any``: one of several conditions is enough;
- ``all``: each of several conditions;
- ``not``: a condition that must not hold;
- ``sentence``: conditions that meet within one sentence (``all``), without others there (``none``);
- ``parent``: a condition on what the post answers;
- ``thread``: what a customer said must be followed by something, in time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

from pydantic import Field, model_validator

from policies.checks.base import Check, Matcher, Outcome, Triggers, found, missed, skip
from policies.checks.cadence import Cadence, Length
from policies.checks.canned import Canned
from policies.checks.disclosure import Disclosure
from policies.checks.format import Format
from policies.checks.hashtag import Hashtag
from policies.checks.language import Language
from policies.checks.link import LinkCheck
from policies.checks.media import MediaCheck
from policies.checks.mention import Mention
from policies.checks.pattern import Pattern
from policies.checks.pii import Pii
from policies.checks.promise import Promise
from policies.checks.secret import Secret
from policies.checks.signoff import Signoff
from policies.checks.similar import Similar
from policies.checks.spelling import Spelling
from policies.checks.terms import Terms
from policies.checks.tone import Tone
from policies.matching.index import IndexBuilder
from policies.model.finding import Span
from policies.view import View


class Condition(Check):
    """Exactly one of these."""

    terms: Terms | None = None
    pattern: Pattern | None = None
    link: LinkCheck | None = None
    mention: Mention | None = None
    hashtag: Hashtag | None = None
    disclosure: Disclosure | None = None
    pii: Pii | None = None
    secret: Secret | None = None
    promise: Promise | None = None
    tone: Tone | None = None
    similar: Similar | None = None
    language: Language | None = None
    format: Format | None = None
    spelling: Spelling | None = None
    media: MediaCheck | None = None
    cadence: Cadence | None = None
    canned: Canned | None = None
    signoff: Signoff | None = None
    thread: Followed | None = None
    any: tuple[Condition, ...] | None = Field(None, min_length=1)
    """One of these is enough."""
    all: tuple[Condition, ...] | None = Field(None, min_length=1)
    """Each of these."""
    not_: Condition | None = Field(None, alias="not")
    """This must not hold."""
    sentence: SameSentence | None = None
    """These meet within one sentence."""
    parent: Condition | None = None
    """This holds for what the post answers."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len(self.model_fields_set) != 1:
            named = ", ".join(sorted(self.model_fields_set)) or "none"
            raise ValueError(f"a condition names exactly one kind of check; here: {named}")
        return self

    def walk(self) -> Iterator[tuple[str, Check]]:
        """The kind and the options of each check that stands in it, at any depth."""
        name = next(iter(self.model_fields_set))
        part = getattr(self, name)
        children = [child for child in _parts(part) if isinstance(child, Condition)]
        if not children or isinstance(part, MediaCheck):
            yield name, part
        for child in children:
            yield from child.walk()

    def plan(self, index: IndexBuilder) -> Matcher:
        """The matcher of the one that is named."""
        name = next(iter(self.model_fields_set))
        part = getattr(self, name)
        if name == "any":
            return _Any(tuple(child.plan(index) for child in part))
        if name == "all":
            return _All(tuple(child.plan(index) for child in part))
        if name == "not_":
            return _Not(part.plan(index))
        if name == "parent":
            return _Parent(part.plan(index))
        return part.plan(index)  # type: ignore[no-any-return]


class SameSentence(Check):
    """Conditions that meet within one sentence."""

    all: tuple[Condition, ...] = Field(min_length=1)
    """Each of these stands in the sentence."""
    none: tuple[Condition, ...] = ()
    """None of these stands in it."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"all": value} if isinstance(value, list | tuple) else value

    def plan(self, index: IndexBuilder) -> Matcher:
        """The matcher of all parts."""
        return _Sentence(
            tuple(child.plan(index) for child in self.all), tuple(child.plan(index) for child in self.none)
        )


class Followed(Check):
    """What a customer said must be followed by something, in time.

    Judged on the first answer to it: that answer counts where it says something else, or comes too late.
    """

    first: Condition
    """What the customer said."""
    then: Condition | None = None
    """What the first answer must say; anything where it is not given."""
    within: Length | None = None
    """How soon it must come, in opening hours, such as 4h."""

    @model_validator(mode="after")
    def _some(self) -> Self:
        if self.then is None and self.within is None:
            raise ValueError("name then or within")
        return self

    def plan(self, index: IndexBuilder) -> Matcher:
        """The matcher of both parts."""
        return _Followed(self.first.plan(index), self.then.plan(index) if self.then else None, self.within)


def _parts(part: object) -> tuple[object, ...]:
    """What a part of a condition is put together from."""
    if isinstance(part, SameSentence):
        return (*part.all, *part.none)
    if isinstance(part, Followed):
        return (part.first, part.then)
    if isinstance(part, MediaCheck):
        return (part.words,)
    return part if isinstance(part, tuple) else (part,)


def _either(triggers: list[Triggers]) -> Triggers:
    return None if None in triggers else frozenset().union(*(t for t in triggers if t is not None))


def _rarest(triggers: list[Triggers]) -> Triggers:
    """The narrowest of several sets of which each must fire."""
    return min((t for t in triggers if t is not None), key=len, default=None)


@dataclass(frozen=True, slots=True)
class _Any:
    parts: tuple[Matcher, ...]

    @property
    def triggers(self) -> Triggers:
        return _either([part.triggers for part in self.parts])

    def look(self, view: View) -> Outcome:
        outcomes = [part.look(view) for part in self.parts]
        hits = [outcome for outcome in outcomes if outcome.matched]
        detail = "; ".join(outcome.detail for outcome in hits or outcomes)
        if hits:
            scores = [outcome.score for outcome in hits if outcome.score is not None]
            return found(detail, [s for o in hits for s in o.spans], max(scores, default=None))
        return skip(detail) if any(outcome.skipped for outcome in outcomes) else missed(detail)


@dataclass(frozen=True, slots=True)
class _All:
    parts: tuple[Matcher, ...]

    @property
    def triggers(self) -> Triggers:
        return _rarest([part.triggers for part in self.parts])

    def look(self, view: View) -> Outcome:
        outcomes: list[Outcome] = []
        for part in self.parts:
            outcome = part.look(view)
            outcomes.append(outcome)
            if not outcome.matched and not outcome.skipped:
                return missed(outcome.detail)
        skipped = [outcome.detail for outcome in outcomes if outcome.skipped]
        if skipped:
            return skip("; ".join(skipped))
        scores = [outcome.score for outcome in outcomes if outcome.score is not None]
        detail = "; ".join(outcome.detail for outcome in outcomes)
        return found(detail, [s for o in outcomes for s in o.spans], min(scores, default=None))


@dataclass(frozen=True, slots=True)
class _Not:
    part: Matcher

    @property
    def triggers(self) -> Triggers:
        return None

    def look(self, view: View) -> Outcome:
        outcome = self.part.look(view)
        if outcome.skipped:
            return outcome
        return missed(outcome.detail) if outcome.matched else found(f"not so: {outcome.detail}")


@dataclass(frozen=True, slots=True)
class _Parent:
    part: Matcher

    @property
    def triggers(self) -> Triggers:
        return None

    def look(self, view: View) -> Outcome:
        if view.parent is None:
            return (
                skip("what it answers is not known") if view.post.parent_id else missed("it answers nothing")
            )
        outcome = self.part.look(view.parent)
        detail = f"what it answers: {outcome.detail}"
        if outcome.skipped:
            return skip(detail)
        return found(detail, score=outcome.score) if outcome.matched else missed(detail)


@dataclass(frozen=True, slots=True)
class _Sentence:
    wanted: tuple[Matcher, ...]
    unwanted: tuple[Matcher, ...]

    @property
    def triggers(self) -> Triggers:
        return _rarest([part.triggers for part in self.wanted])

    def look(self, view: View) -> Outcome:
        outcomes: list[Outcome] = []
        for part in self.wanted:
            outcome = part.look(view)
            if not outcome.matched:
                return outcome
            outcomes.append(outcome)
        if not set.intersection(*(set(_by_sentence(outcome.spans, view)) for outcome in outcomes)):
            return missed("the parts stand in different sentences")
        excused = {number for part in self.unwanted for number in _by_sentence(part.look(view).spans, view)}
        places = [_by_sentence(outcome.spans, view, excused) for outcome in outcomes]
        common = set.intersection(*map(set, places))
        if not common:
            return missed("other words in the sentence make it fine")
        spans = [span for place in places for number in common for span in place[number]]
        scores = [outcome.score for outcome in outcomes if outcome.score is not None]
        return found("; ".join(outcome.detail for outcome in outcomes), spans, min(scores, default=None))


@dataclass(frozen=True, slots=True)
class _Followed:
    first: Matcher
    then: Matcher | None
    within: timedelta | None

    @property
    def triggers(self) -> Triggers:
        return None

    def look(self, view: View) -> Outcome:
        said = view.parent
        if said is None or said.post.outbound:
            return missed("it answers no customer")
        thread = view.context.thread
        siblings = (
            [p for p in thread.posts if p.outbound and p.parent_id == view.post.parent_id] if thread else []
        )
        if any(p.created_at < view.post.created_at for p in siblings):
            return missed("it is not the first answer")
        asked = self.first.look(said)
        if not asked.matched:
            return skip(asked.detail) if asked.skipped else missed(f"what it answers: {asked.detail}")
        waited = view.context.hours.elapsed(said.post.created_at, view.post.created_at)
        if self.within is not None and waited > self.within:
            return found(f"answered after {waited}, later than {self.within}")
        answer = self.then.look(view) if self.then else None
        if answer is not None and not answer.matched and not answer.skipped:
            return found(f"the answer lacks what it must say: {answer.detail}")
        return missed("followed as it must be")


def _by_sentence(spans: tuple[Span, ...], view: View, without: Collection[int] = ()) -> dict[int, list[Span]]:
    """Spans by number of the sentence, leaving out spans that touch a sentence in ``without``."""
    places: dict[int, list[Span]] = {}
    for span in spans:
        numbers = range(view.sentence_of(span.start), view.sentence_of(max(span.start, span.end - 1)) + 1)
        if not any(number in without for number in numbers):
            for number in numbers:
                places.setdefault(number, []).append(span)
    return places


# `media` looks at the words in pictures with any condition, so its module cannot import this one.
MediaCheck.model_rebuild(_types_namespace={"Condition": Condition})
Condition.model_rebuild()
