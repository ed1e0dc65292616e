"""What of the open cases is grave, what is new, and what is left from before: the order of the digest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.letters.model import DigestInput
from policies.model.cases.machinery import WaitsFor
from policies.model.finding import Severity
from policies.model.people import Role
from storage.views import CaseView

URGENT_HEADS = timedelta(days=2)  #: before the period, in which what is urgent still stands above all else


@dataclass(frozen=True, slots=True, kw_only=True)
class Matters:
    """The open cases of a brand, the gravest first, and of those the newest first."""

    grave: tuple[
        CaseView, ...
    ]  #: urgent ones of the last days, those with news in the period before the older
    fresh: tuple[CaseView, ...]  #: others on which something happened in the period
    older: tuple[CaseView, ...]  #: others
    settled: tuple[CaseView, ...]  #: urgent ones that were closed in the period

    @property
    def crowd(self) -> int:
        """How many clients are upset about one thing; 0 without a crisis."""
        crises = Counter(
            v.conversation.crisis for v in self.grave if v.conversation and v.conversation.crisis
        )
        return max(crises.values(), default=0)

    @property
    def still_urgent(self) -> tuple[CaseView, ...]:
        """Urgent ones that have been told of for days: one line, so that they do not hide what is new."""
        return tuple(view for view in self.older if view.case.severity is Severity.CRITICAL)

    @property
    def oldest(self) -> datetime | None:
        """UTC time since which the longest has been open of those from before."""
        return min((view.case.opened_at for view in self.older), default=None)


def matters(given: DigestInput) -> Matters:
    """Sort what is open. A case has news where it was opened in the period, or somebody but the owner moved it."""
    open_views = sorted((view for view in given.cases if not view.case.closed), key=_order)
    urgent = [view for view in open_views if _cannot_wait(view, given.since)]
    others = [view for view in open_views if not _cannot_wait(view, given.since)]
    return Matters(
        grave=tuple(sorted(urgent, key=lambda view: not has_news(view, given.since))),
        fresh=tuple(view for view in others if has_news(view, given.since)),
        older=tuple(view for view in others if not has_news(view, given.since)),
        settled=tuple(view for view in given.settled if view.case.severity is Severity.CRITICAL),
    )


def _cannot_wait(view: CaseView, since: datetime) -> bool:
    """Whether it is urgent and was news in the last days, or part of a crisis that is news."""
    one = view.conversation
    if view.case.severity is Severity.CRITICAL:
        return has_news(view, since - URGENT_HEADS)
    return one is not None and one.crisis is not None and has_news(view, since)


def has_news(view: CaseView, since: datetime) -> bool:
    """Whether something happened on it since then that the owner did not do themselves, or should have happened."""
    case = view.case
    if case.opened_at >= since or view.overdue:
        return True
    return any(
        event.at >= since and case.kind.by(event.action) is not Role.OWNER for event in case.standing_steps
    )


def owners(views: Iterable[CaseView]) -> list[CaseView]:
    """Those that wait for the owner, and those that others have left too long."""
    return [view for view in views if view.overdue or WaitsFor.OWNER in view.case.turns]


def _order(view: CaseView) -> tuple[int, bool, float, int]:
    """The gravest first; then what waits for the owner; then the newest: of a client, whoever wrote last."""
    case, one = view.case, view.conversation
    at = one.latest.created_at if one else case.updated_at
    return -case.severity.rank, case.waits_for is not WaitsFor.OWNER, -at.timestamp(), case.id
