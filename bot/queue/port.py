"""What the scheduler needs of a queue: pieces of work with the time they are due and who holds them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from policies.model.keys import AccountKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a piece of work is about: a brand, or one account of it."""

    brand: str  #: id of the brand; of `EVERYTHING`, what concerns all of them
    account: AccountKey | None = None

    def __str__(self) -> str:
        return self.brand if self.account is None else f"{self.brand}/{self.account}"


EVERYTHING = Subject(brand="all")  #: of work that is done once for all brands


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One piece of work that comes up again and again."""

    name: str  #: for instance ``pull``
    subject: Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class DueJob:
    """A job with the time it is due."""

    job: Job
    due_at: datetime  #: UTC
    failures: int = 0  #: in a row


#: How much longer a kind of work waits for the one that is more pressing.
PATIENCE = timedelta(minutes=10)


def allowances(names: Sequence[str]) -> Mapping[str, timedelta]:
    """How much longer each kind of work waits where the first named is the most pressing."""
    return {name: PATIENCE * place for place, name in enumerate(names)}


class Queue(Protocol):
    """Work with its time and who holds it. Each method is one step: whole, or not at all."""

    def ensure(self, *jobs: Job, due_at: datetime) -> None:
        """Plan the work where it is not planned yet; a planned time stays."""

    def due(self, now: datetime, limit: int = 100) -> list[DueJob]:
        """What is due and held by nobody, the longest overdue first."""

    def take(
        self, names: Sequence[str], *, holder: str, now: datetime, lease: timedelta, limit: int
    ) -> list[DueJob]:
        """Take what is due of these kinds of work until ``now + lease``, the most pressing first.

        The kind named first goes first; each further one waits `PATIENCE` longer at most, so that none waits for ever.
        """

    def release(self, jobs: Collection[Job], *, holder: str) -> None:
        """Give work back that was taken and not begun: it is due as before."""

    def finish(self, job: Job, *, holder: str, next_due_at: datetime, error: str | None) -> bool:
        """Give the work back, due again at ``next_due_at``, or at once where it was woken while it ran.

        False where it was lost to somebody else.
        """

    def wake(self, job: Job, *, at: datetime) -> None:
        """Make planned work due at this time, unless it is due earlier; work that runs is due again after it."""

    def free_claims(self) -> int:
        """Take all work back from whoever held it; for the one daemon, when it starts. How many were held."""

    def forget(self, job: Job) -> None:
        """Take the work off the plan."""

    def next_due(self) -> datetime | None:
        """When somebody can next take work: its time, or the end of the lease on it; None without work."""
