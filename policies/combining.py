"""Matchers that put other matchers together: what `policies.conditions` puts together."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from policies.checks.base import EveryPost, Matcher, Outcome, Triggers, found, missed, skip
from policies.model.finding import Span
from policies.view import View


def _either(triggers: list[Triggers]) -> Triggers:
    return None if None in triggers else frozenset().union(*(t for t in triggers if t is not None))


def _rarest(triggers: list[Triggers]) -> Triggers:
    """The narrowest of several sets of which each must fire."""
    return min((t for t in triggers if t is not None), key=len, default=None)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of several is enough."""

    parts: tuple[Matcher, ...]

    @property
    def triggers(self) -> Triggers:
        """What must stand in a text for this to be asked at all."""
        return _either([part.triggers for part in self.parts])

    def look(self, view: View) -> Outcome:
        """What it finds in a post."""
        outcomes = [part.look(view) for part in self.parts]
        hits = [outcome for outcome in outcomes if outcome.matched]
        detail = "; ".join(outcome.detail for outcome in hits or outcomes)
        if hits:
            sure = [outcome for outcome in hits if not outcome.question]
            scores = [outcome.score for outcome in hits if outcome.score is not None]
            outcome = found(detail, [s for o in sure or hits for s in o.spans], max(scores, default=None))
            return outcome if sure else outcome.asked()
        return skip(detail) if any(outcome.skipped for outcome in outcomes) else missed(detail)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Each of several must match."""

    parts: tuple[Matcher, ...]

    @property
    def triggers(self) -> Triggers:
        """What must stand in a text for this to be asked at all."""
        return _rarest([part.triggers for part in self.parts])

    def look(self, view: View) -> Outcome:
        """What it finds in a post."""
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
        outcome = found(detail, [s for o in outcomes for s in o.spans], min(scores, default=None))
        return outcome.asked() if any(one.question for one in outcomes) else outcome


@dataclass(frozen=True, slots=True)
class Negated(EveryPost):
    """Matches where another does not."""

    part: Matcher

    def look(self, view: View) -> Outcome:
        """What it finds in a post."""
        outcome = self.part.look(view)
        if outcome.skipped:
            return outcome
        return missed(outcome.detail) if outcome.matched else found(f"not so: {outcome.detail}")


@dataclass(frozen=True, slots=True)
class OfParent(EveryPost):
    """Looks at what the post answers."""

    part: Matcher

    def look(self, view: View) -> Outcome:
        """What it finds in a post."""
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
class InSentence:
    """Several that meet within one sentence, without others there."""

    wanted: tuple[Matcher, ...]
    unwanted: tuple[Matcher, ...]

    @property
    def triggers(self) -> Triggers:
        """What must stand in a text for this to be asked at all."""
        return _rarest([part.triggers for part in self.wanted])

    def look(self, view: View) -> Outcome:
        """What it finds in a post."""
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
class FollowedBy(EveryPost):
    """What a customer said is followed by something, in time; judged on the first answer."""

    first: Matcher
    then: Matcher | None
    within: timedelta | None

    def look(self, view: View) -> Outcome:
        """What it finds in a post."""
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
