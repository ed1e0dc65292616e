"""A queue in memory, in which pulls wait until there is something to see, so that a month takes no time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.queue.pauses import worthwhile
from bot.queue.port import DueJob, Job, allowances
from bot.replay.archive import ArchiveEvent, upcoming
from policies.model.keys import AccountKey


@dataclass(slots=True, kw_only=True)
class _Entry:
    due_at: datetime  #: UTC
    failures: int = 0  #: in a row
    holder: str | None = None
    claimed_at: datetime | None = None  #: UTC
    woken_at: datetime | None = None  #: UTC, where it was woken while somebody held it


class ReplayQueue:
    """A `bot.queue.port.Queue` for one thread."""

    def __init__(self, changes: Mapping[AccountKey, Sequence[ArchiveEvent]]) -> None:
        self._changes = changes
        self._plan: dict[Job, _Entry] = {}
        self.problems: list[str] = []  #: what jobs ended with that failed

    def ensure(self, *jobs: Job, due_at: datetime) -> None:
        """Plan the work where it is not planned yet; a planned time stays."""
        for job in jobs:
            self._plan.setdefault(job, _Entry(due_at=due_at))

    def due(self, now: datetime, limit: int = 100) -> list[DueJob]:
        """What is due and held by nobody, the longest overdue first."""
        ready = [
            (job, entry) for job, entry in self._plan.items() if entry.due_at <= now and not entry.holder
        ]
        ready.sort(key=lambda pair: (pair[1].due_at, pair[0].name, str(pair[0].subject)))
        return [DueJob(job=job, due_at=one.due_at, failures=one.failures) for job, one in ready[:limit]]

    def take(
        self,
        names: Sequence[str],
        *,
        holder: str,
        now: datetime,
        lease: timedelta,  # noqa: ARG002 -- nobody dies here, so no lease ends
        limit: int,
    ) -> list[DueJob]:
        """Take what is due of these kinds of work, the most pressing first."""
        longer = allowances(names)
        found = [due for due in self.due(now, len(self._plan)) if due.job.name in longer]
        found.sort(key=lambda due: due.due_at + longer[due.job.name])
        for due in found[:limit]:
            entry = self._plan[due.job]
            entry.holder, entry.claimed_at, entry.woken_at = holder, now, None
        return found[:limit]

    def release(self, jobs: Collection[Job], *, holder: str) -> None:
        """Give work back that was taken and not begun: it is due as before."""
        for job in jobs:
            if (entry := self._plan.get(job)) and entry.holder == holder:
                entry.holder = entry.claimed_at = None

    def finish(self, job: Job, *, holder: str, next_due_at: datetime, error: str | None) -> bool:
        """Give the work back, due again at ``next_due_at`` or later where it would find nothing before."""
        entry = self._plan.get(job)
        if entry is None or entry.holder != holder or entry.claimed_at is None:
            return False
        worth = self._worth(job, next_due_at, next_due_at - entry.claimed_at)
        entry.due_at = entry.woken_at or worth
        entry.failures = 0 if error is None else entry.failures + 1
        if error is not None:
            self.problems.append(f"{job.name} of {job.subject}: {error}")
        entry.holder = None
        return True

    def wake(self, job: Job, *, at: datetime) -> None:
        """Make planned work due at this time, unless it is due earlier; work that runs is due again after it."""
        if entry := self._plan.get(job):
            entry.due_at, entry.woken_at = min(entry.due_at, at), at

    def free_claims(self) -> int:
        """Nobody else holds anything."""
        return 0

    def forget(self, job: Job) -> None:
        """Take the work off the plan."""
        self._plan.pop(job, None)

    def next_due(self) -> datetime | None:
        """When somebody can next take work; None without work."""
        return min((entry.due_at for entry in self._plan.values() if not entry.holder), default=None)

    def _worth(self, job: Job, first: datetime, every: timedelta) -> datetime:
        """When pulling an account makes a difference; other work is done when it is due."""
        account = job.subject.account
        if job.name != "pull" or account is None:
            return first
        coming = upcoming(self._changes.get(account, ()), first - every)
        digests = [entry.due_at for one, entry in self._plan.items() if one.name == "digest"]
        return worthwhile(first, every, news=coming.at if coming else None, digests=digests)
