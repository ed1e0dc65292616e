"""Decides what judgements change, from data alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from policies.model.cases.flagged import FlaggedAction, FlaggedState
from policies.model.finding import Finding, Severity
from storage.views import Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A finding that the store holds."""

    id: int
    fingerprint: str
    revision: int  #: newest revision that it was found in
    rank: int  #: of its severity
    shadow: bool
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
    opens: bool = False  #: a case is to be made
    step: FlaggedAction | None = None  #: what happens to the case that there is
    alerts: list[Finding] = field(default_factory=list)


def changes_of(
    judgement: Judgement, held: Sequence[Held], case: HeldCase | None, *, deleted: bool
) -> Changes:
    """What a judgement changes. Findings of a deleted post are kept as history and ask nobody to act."""
    result = _sort(judgement, held)
    if deleted:
        return result
    open_ranks = _open_ranks(result, held)
    result.rank = max(open_ranks, default=None)
    result.opens = case is None and bool(open_ranks)
    result.step = _step(result, case)
    result.alerts = [f for f in result.new if _counts(f) and f.severity is Severity.CRITICAL]
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


def _open_ranks(result: Changes, held: Iterable[Held]) -> list[int]:
    returned = {number for number, _ in result.back}
    staying = [
        one.rank
        for one in held
        if not one.shadow
        and one.rank >= Severity.BREACH.rank
        and (one.id in returned or (one.gone_at is None and one.id not in result.gone))
    ]
    return staying + [finding.severity.rank for finding in result.new if _counts(finding)]


def _step(result: Changes, case: HeldCase | None) -> FlaggedAction | None:
    if case is None:
        return None
    if case.state is not FlaggedState.CLOSED:
        if result.rank is None:
            return FlaggedAction.FIX_SEEN
        changed = case.state is FlaggedState.FIX_CLAIMED and (result.still or result.new or result.back)
        return FlaggedAction.STILL_THERE if changed else None
    # What the owner let pass may come back as it was; what was mended and comes back is asked again.
    mended = case.closed_by == FlaggedAction.FIX_SEEN
    asked_again = list(result.new) + [f for _, f in result.back if mended]
    return FlaggedAction.FOUND_AGAIN if any(_counts(finding) for finding in asked_again) else None


def _counts(finding: Finding) -> bool:
    return not finding.shadow and finding.severity.rank >= Severity.BREACH.rank
