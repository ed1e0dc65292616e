"""Decides what judgements change, from data alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from policies.model.cases.flagged import FlaggedAction, FlaggedState
from policies.model.finding import Finding, Severity
from policies.questions import certain, doubtful
from storage.views import Judgement

_WAITING = frozenset({FlaggedState.HELD, FlaggedState.ASKED})
_LIKELY = _WAITING | {FlaggedState.LAPSED}
_CLOSED = frozenset({FlaggedState.CLOSED, FlaggedState.LAPSED, FlaggedState.DROPPED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A finding that the store holds."""

    id: int
    fingerprint: str
    revision: int  #: newest revision that it was found in
    rank: int  #: of its severity
    shadow: bool
    question: bool  #: it is likely and not sure
    gone_at: datetime | None  #: UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCase:
    """The case that the store holds about a post."""

    id: int
    state: FlaggedState
    closed_by: str | None  #: the action
    rank: int  #: of its severity


@dataclass(slots=True, kw_only=True)
class Changes:
    """What one judgement changes about one post."""

    new: list[Finding] = field(default_factory=list)
    back: list[tuple[int, Finding]] = field(default_factory=list)  #: were gone, with their number
    still: list[tuple[int, Finding]] = field(default_factory=list)  #: seen in a later revision too
    gone: list[int] = field(default_factory=list)  #: numbers of findings that the text no longer has
    rank: int | None = None  #: severity that the case should have, None where nothing is open
    opens: FlaggedState | None = None  #: in which a case is to be made
    step: FlaggedAction | None = None  #: what happens to the case that there is
    alerts: list[Finding] = field(default_factory=list)


def changes_of(
    judgement: Judgement, held: Sequence[Held], case: HeldCase | None, *, deleted: bool
) -> Changes:
    """What a judgement changes. Findings of a deleted post are kept as history and ask nobody to act."""
    result = _sort(judgement, held)
    if deleted:
        return result
    grave = _grave(result, held)
    result.rank = max(grave.standing, default=None)
    if case is None and result.rank is not None:
        result.opens = FlaggedState.OPEN if grave.said else FlaggedState.HELD
    elif case is not None:
        result.step = _step(result, case, grave)
    result.alerts = [f for f in result.new if certain(f) and f.severity is Severity.CRITICAL]
    return result


def _sort(judgement: Judgement, held: Sequence[Held]) -> Changes:
    now_there = {finding.fingerprint: finding for finding in judgement.findings}
    known = {one.fingerprint: one for one in held}
    result = Changes(new=[f for fingerprint, f in now_there.items() if fingerprint not in known])
    for fingerprint, one in known.items():
        finding = now_there.get(fingerprint)
        if finding is None:
            # Only a later text can take a finding away: another rule version does not undo what was said.
            if one.gone_at is None and judgement.revision > one.revision:
                result.gone.append(one.id)
        elif one.gone_at is not None and judgement.revision > one.revision:
            result.back.append((one.id, finding))
        elif judgement.revision > one.revision:
            result.still.append((one.id, finding))
    return result


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grave:
    """Ranks of what stands at breach or above."""

    said: list[int]  #: what is sure
    asked: list[int]  #: what is likely and not sure
    was_said: bool  #: something sure stood there before

    @property
    def standing(self) -> list[int]:
        """What keeps a case open: what is sure, and where nothing was, what is likely."""
        return self.said if self.was_said else self.said or self.asked


def _grave(result: Changes, held: Iterable[Held]) -> _Grave:
    known = [one for one in held if not one.shadow and one.rank >= Severity.BREACH.rank]
    seen = dict(result.back + result.still)
    staying = [
        one
        for one in known
        if (one.id in seen and one.gone_at is not None) or (one.gone_at is None and one.id not in result.gone)
    ]
    # What was said once stays said; what was asked is sure where it is found again and is sure then.
    asks = {one.id for one in staying if one.question and (one.id not in seen or seen[one.id].question)}
    new_said, new_asked = filter(certain, result.new), filter(doubtful, result.new)
    return _Grave(
        said=[one.rank for one in staying if one.id not in asks] + [one.severity.rank for one in new_said],
        asked=[one.rank for one in staying if one.id in asks] + [one.severity.rank for one in new_asked],
        was_said=any(not one.question and one.gone_at is None for one in known),
    )


def _step(result: Changes, case: HeldCase, grave: _Grave) -> FlaggedAction | None:
    if case.state in _LIKELY and grave.said:
        return FlaggedAction.FOUND_AGAIN
    if case.state in _WAITING:
        return None if grave.asked else FlaggedAction.WITHDRAW
    if case.state not in _CLOSED:
        if not grave.standing:
            return FlaggedAction.FIX_SEEN
        changed = case.state is FlaggedState.FIX_CLAIMED and (result.still or result.new or result.back)
        return FlaggedAction.STILL_THERE if changed else None
    # What the owner let pass may come back as it was; what was mended and comes back is asked again.
    mended = case.closed_by in {FlaggedAction.FIX_SEEN, FlaggedAction.WITHDRAW}
    again = list(result.new) + [f for _, f in result.back if mended]
    if any(map(certain, again)):
        return FlaggedAction.FOUND_AGAIN
    asks = any(map(doubtful, again)) and not grave.said  # beside what the owner let pass nothing is asked
    return FlaggedAction.HOLD if asks else None
