"""What is due, and when. The scheduler only ticks."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from storage._base import Base, Mode, upsert
from storage.schema import due_jobs
from storage.views import DueJob


def _here(name: str, subject: str) -> sa.ColumnElement[bool]:
    return (due_jobs.c.name == name) & (due_jobs.c.subject == subject)


def _free(now: datetime) -> sa.ColumnElement[bool]:
    return due_jobs.c.lease_until.is_(None) | (due_jobs.c.lease_until <= now)


class Due(Base):
    """Work with its time and who holds it."""

    def ensure_due(self, name: str, subject: str, *, due_at: datetime) -> None:
        """Plan the work where it is not planned yet; a planned time stays."""
        row = {"name": name, "subject": subject, "due_at": due_at}
        with self._transaction(Mode.PULLED) as conn:
            conn.execute(upsert(conn, due_jobs).values(row).on_conflict_do_nothing())

    def due(self, now: datetime, limit: int = 100) -> list[DueJob]:
        """What is due and held by nobody, the longest overdue first."""
        query = sa.select(due_jobs).where(due_jobs.c.due_at <= now, _free(now))
        rows = self._rows(query.order_by(due_jobs.c.due_at, due_jobs.c.name, due_jobs.c.subject).limit(limit))
        return [
            DueJob(name=row.name, subject=row.subject, due_at=row.due_at, failures=row.failures)
            for row in rows
        ]

    def claim_due(self, name: str, subject: str, *, holder: str, now: datetime, lease: timedelta) -> bool:
        """Take the work until ``now + lease``; False where it is not due or somebody holds it."""
        query = sa.update(due_jobs).where(_here(name, subject), due_jobs.c.due_at <= now, _free(now))
        with self._transaction(Mode.PULLED) as conn:
            return (
                conn.execute(query.values(holder=holder, lease_until=now + lease, woken_at=None)).rowcount
                == 1
            )

    def extend_due(self, name: str, subject: str, *, holder: str, now: datetime, lease: timedelta) -> bool:
        """A heartbeat: hold the work until ``now + lease``; False where it was lost to somebody else."""
        query = sa.update(due_jobs).where(_here(name, subject), due_jobs.c.holder == holder)
        with self._transaction(Mode.PULLED) as conn:
            return conn.execute(query.values(lease_until=now + lease)).rowcount == 1

    def finish_due(
        self,
        name: str,
        subject: str,
        *,
        holder: str,
        next_due_at: datetime,
        error: str | None,
        now: datetime,  # noqa: ARG002 -- part of the contract of each method that writes
    ) -> bool:
        """Give the work back, due again at ``next_due_at``, or at once where it was woken while it ran.

        False where it was lost to somebody else.
        """
        failures = 0 if error is None else due_jobs.c.failures + 1
        query = sa.update(due_jobs).where(_here(name, subject), due_jobs.c.holder == holder)
        again = sa.func.coalesce(due_jobs.c.woken_at, sa.literal(next_due_at, due_jobs.c.due_at.type))
        values = {"due_at": again, "failures": failures, "error": error}
        with self._transaction(Mode.PULLED) as conn:
            return conn.execute(query.values(holder=None, lease_until=None, **values)).rowcount == 1

    def wake(self, name: str, subject: str, *, at: datetime) -> None:
        """Make planned work due at this time, unless it is due earlier; work that runs is due again after it."""
        moment = sa.literal(at, due_jobs.c.due_at.type)
        sooner = sa.case((due_jobs.c.due_at > at, moment), else_=due_jobs.c.due_at)
        with self._transaction(Mode.PULLED) as conn:
            conn.execute(sa.update(due_jobs).where(_here(name, subject)).values(due_at=sooner, woken_at=at))

    def free_claims(self) -> int:
        """Take all work back from whoever held it; for the one daemon, when it starts. How many were held."""
        held = due_jobs.c.holder.is_not(None)
        with self._transaction(Mode.PULLED) as conn:
            free = sa.update(due_jobs).where(held).values(holder=None, lease_until=None)
            return conn.execute(free).rowcount

    def forget_due(self, name: str, subject: str) -> None:
        """Take the work off the plan."""
        with self._transaction(Mode.PULLED) as conn:
            conn.execute(sa.delete(due_jobs).where(_here(name, subject)))

    def next_due(self) -> datetime | None:
        """When somebody can next take work: its time, or the end of the lease on it; None without work."""
        held = due_jobs.c.lease_until > due_jobs.c.due_at
        at = sa.case((held, due_jobs.c.lease_until), else_=due_jobs.c.due_at)
        with self._transaction(Mode.READ) as conn:
            first: datetime | None = conn.scalar(sa.select(sa.func.min(at, type_=due_jobs.c.due_at.type)))
            return first
