"""What a rule looks for: one check, or several put together.

Besides the kinds of check, a condition may say

- ``any``: one of several conditions is enough;
- ``all``: each of several conditions;
- ``not``: a condition that must not hold;
- ``sentence``: conditions that meet within one sentence (``all``), without others there (``none``);
- ``parent``: a condition on what the post answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from pydantic import Field, model_validator

from policies.checks.base import Check, Matcher, Outcome, Triggers, found, missed, skip
from policies.checks.disclosure import Disclosure
from policies.checks.format import Format
from policies.checks.link import LinkCheck
from policies.checks.pattern import Pattern
from policies.checks.pii import Pii
from policies.checks.similar import Similar
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
    pii: Pii | None = None
    tone: Tone | None = None
    similar: Similar | None = None
    format: Format | None = None
    disclosure: Disclosure | None = None
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

    def kinds(self) -> frozenset[str]:
        """Kinds of check that stand in it, at any depth."""
        name = next(iter(self.model_fields_set))
        part = getattr(self, name)
        if isinstance(part, SameSentence):
            part = (*part.all, *part.none)
        parts = part if isinstance(part, tuple) else (part,)
        inner = [child.kinds() for child in parts if isinstance(child, Condition)]
        return frozenset().union(*inner) if inner else frozenset((name,))

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
        places = [_by_sentence(outcome.spans, view) for outcome in outcomes]
        common = set(places[0]).intersection(*places[1:])
        if not common:
            return missed("the parts stand in different sentences")
        common -= {number for part in self.unwanted for number in _by_sentence(part.look(view).spans, view)}
        if not common:
            return missed("other words in the sentence make it fine")
        spans = [span for place in places for number in common for span in place[number]]
        scores = [outcome.score for outcome in outcomes if outcome.score is not None]
        return found("; ".join(outcome.detail for outcome in outcomes), spans, min(scores, default=None))


def _by_sentence(spans: tuple[Span, ...], view: View) -> dict[int, list[Span]]:
    places: dict[int, list[Span]] = {}
    for span in spans:
        for number in range(view.sentence_of(span.start), view.sentence_of(max(span.start, span.end - 1)) + 1):
            places.setdefault(number, []).append(span)
    return places


Condition.model_rebuild()
