"""Questions to the owner: which of those that wait are asked, and which have waited too long. From data alone.

A finding that is likely and not sure says nothing of anybody. The owner is asked about it, and not often: at most two
questions a day, and one for each ten posts of the last month. What is grave and sure never comes here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from policies.model.finding import Finding, Severity

A_DAY = 2  #: questions in one local day, at most
POSTS_FOR_ONE = 10  #: posts of the last month for each question of the last month
MONTH = timedelta(days=30)
PATIENCE = timedelta(days=7)  #: after that a question that found no room is not asked any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A case that would be a question."""

    case: int  #: its number
    chance: float  #: how likely the likeliest of its findings is, of one
    since: datetime  #: UTC, when it was found


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionPlan:
    """What is to be done with the cases that would be questions."""

    ask: tuple[int, ...] = ()  #: numbers of those that are asked now, the likeliest first
    lapse: tuple[int, ...] = ()  #: numbers of those that found no room in time


def asking(
    doubts: Sequence[Doubt], *, asked: Sequence[datetime], posts: int, today: datetime, now: datetime
) -> QuestionPlan:
    """Which doubts become questions now, the likeliest first, and which lapse.

    ``asked``: when questions of the last month were asked; ``posts``: how many the brand published in it; ``today``:
    when the brand's local day began.
    """
    late = sorted((one for one in doubts if now - one.since >= PATIENCE), key=lambda one: one.case)
    ready = sorted(
        (one for one in doubts if now - one.since < PATIENCE),
        key=lambda one: (-one.chance, one.since, one.case),
    )
    room = room_left(asked, posts=posts, today=today, now=now)
    return QuestionPlan(ask=tuple(one.case for one in ready[:room]), lapse=tuple(one.case for one in late))


def room_left(asked: Sequence[datetime], *, posts: int, today: datetime, now: datetime) -> int:
    """How many questions may still be asked."""
    of_month = max(1, posts // POSTS_FOR_ONE) - sum(at > now - MONTH for at in asked)
    of_day = A_DAY - sum(at >= today for at in asked)
    return max(0, min(of_month, of_day))


def doubtful(finding: Finding) -> bool:
    """Whether a finding would open a case, were it sure."""
    return finding.question and _grave(finding)


def certain(finding: Finding) -> bool:
    """Whether a finding opens a case by itself."""
    return not finding.question and _grave(finding)


def _grave(finding: Finding) -> bool:
    return not finding.shadow and finding.severity >= Severity.BREACH


def told(findings: Iterable[Finding]) -> list[Finding]:
    """What a case is about: where something is sure, that alone; what is merely likely says nothing beside it."""
    found = list(findings)
    return [one for one in found if not one.question] if any(map(certain, found)) else found
