"""The queue in the store's own file: no other service is needed."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.queue.port import DueJob, Job, Subject
from policies.model.keys import AccountKey
from storage.database import Mode, upsert
from storage.schema import due_jobs
from storage.store import Store


class EmbeddedQueue:
    """A `Queue` over the table of due jobs. A claim is one conditional UPDATE."""

    def __init__(self, store: Store) -> None:
        self._db = store.database

    def ensure(self, job: Job, *, due_at: datetime) -> None:
        """Plan the work where it is not planned yet; a planned time stays."""
        row = {"name": job.name, "subject": str(job.subject), "due_at": due_at}
        with self._db.write(Mode.PULLED) as conn:
            conn.execute(upsert(conn, due_jobs).values(row).on_conflict_do_nothing())

    def due(self, now: datetime, limit: int = 100) -> list[DueJob]:
        """What is due and held by nobody, the longest overdue first."""
        query = sa.select(due_jobs).where(due_jobs.c.due_at <= now, _free(now))
        order = (due_jobs.c.due_at, due_jobs.c.name, due_jobs.c.subject)
        return [
            DueJob(
                job=Job(name=row.name, subject=_subject(row.subject)),
                due_at=row.due_at,
                failures=row.failures,
            )
            for row in self._db.rows(query.order_by(*order).limit(limit))
        ]

    def claim(self, job: Job, *, holder: str, now: datetime, lease: timedelta) -> bool:
        """Take the work until ``now + lease``; False where it is not due or somebody holds it."""
        query = sa.update(due_jobs).where(_here(job), due_jobs.c.due_at <= now, _free(now))
        return self._changed(query.values(holder=holder, lease_until=now + lease, woken_at=None)) == 1

    def finish(self, job: Job, *, holder: str, next_due_at: datetime, error: str | None) -> bool:
        """Give the work back, due again at ``next_due_at``, or at once where it was woken while it ran."""
        failures = 0 if error is None else due_jobs.c.failures + 1
        query = sa.update(due_jobs).where(_here(job), due_jobs.c.holder == holder)
        again = sa.func.coalesce(due_jobs.c.woken_at, sa.literal(next_due_at, due_jobs.c.due_at.type))
        values = {"due_at": again, "failures": failures, "error": error}
        return self._changed(query.values(holder=None, lease_until=None, **values)) == 1

    def wake(self, job: Job, *, at: datetime) -> None:
        """Make planned work due at this time, unless it is due earlier; work that runs is due again after it."""
        moment = sa.literal(at, due_jobs.c.due_at.type)
        sooner = sa.case((due_jobs.c.due_at > at, moment), else_=due_jobs.c.due_at)
        self._changed(sa.update(due_jobs).where(_here(job)).values(due_at=sooner, woken_at=at))

    def free_claims(self) -> int:
        """Take all work back from whoever held it; for the one daemon, when it starts. How many were held."""
        held = due_jobs.c.holder.is_not(None)
        return self._changed(sa.update(due_jobs).where(held).values(holder=None, lease_until=None))

    def forget(self, job: Job) -> None:
        """Take the work off the plan."""
        self._changed(sa.delete(due_jobs).where(_here(job)))

    def next_due(self) -> datetime | None:
        """When somebody can next take work: its time, or the end of the lease on it; None without work."""
        held = due_jobs.c.lease_until > due_jobs.c.due_at
        at = sa.case((held, due_jobs.c.lease_until), else_=due_jobs.c.due_at)
        with self._db.read() as conn:
            first: datetime | None = conn.scalar(sa.select(sa.func.min(at, type_=due_jobs.c.due_at.type)))
            return first

    def _changed(self, statement: sa.Update | sa.Delete) -> int:
        with self._db.write(Mode.PULLED) as conn:
            return conn.execute(statement).rowcount


def _here(job: Job) -> sa.ColumnElement[bool]:
    return sa.and_(due_jobs.c.name == job.name, due_jobs.c.subject == str(job.subject))


def _free(now: datetime) -> sa.ColumnElement[bool]:
    return due_jobs.c.lease_until.is_(None) | (due_jobs.c.lease_until <= now)


def _subject(text: str) -> Subject:
    """The opposite of `Subject.__str__`: brand and platform names hold no slash, a handle may."""
    brand, _, account = text.partition("/")
    platform, _, handle = account.partition("/")
    return Subject(brand=brand, account=AccountKey(platform=platform, handle=handle) if account else None)
