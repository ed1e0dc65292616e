"""The queue in the store's own file: no other service is needed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.queue.port import DueJob, Job, Subject, allowances
from policies.model.keys import AccountKey
from storage.database import Mode, upsert
from storage.schema import due_jobs
from storage.store import Store


class EmbeddedQueue:
    """A `Queue` over the table of due jobs. A claim is one conditional UPDATE."""

    def __init__(self, store: Store) -> None:
        self._db = store.database

    def ensure(self, *jobs: Job, due_at: datetime) -> None:
        """Plan the work where it is not planned yet; a planned time stays."""
        rows = [{"name": job.name, "subject": str(job.subject), "due_at": due_at} for job in jobs]
        with self._db.write(Mode.PULLED) as conn:
            if rows:
                conn.execute(upsert(conn, due_jobs).on_conflict_do_nothing(), rows)

    def due(self, now: datetime, limit: int = 100) -> list[DueJob]:
        """What is due and held by nobody, the longest overdue first."""
        order = (due_jobs.c.due_at, due_jobs.c.name, due_jobs.c.subject)
        query = sa.select(due_jobs).where(due_jobs.c.due_at <= now, _free(now))
        return [_due_job(row) for row in self._db.rows(query.order_by(*order).limit(limit))]

    def take(
        self, names: Sequence[str], *, holder: str, now: datetime, lease: timedelta, limit: int
    ) -> list[DueJob]:
        """Take what is due of these kinds of work until ``now + lease``, the most pressing first."""
        free = (due_jobs.c.name.in_(names), due_jobs.c.due_at <= now, _free(now))
        query = sa.select(due_jobs).where(*free).order_by(_pressing(names), *_IDENTITY).limit(limit)
        found = [_due_job(row) for row in self._db.rows(query)]
        if not found:
            return []
        claim = sa.update(due_jobs).where(_among([due.job for due in found]), *free)
        values = {"holder": holder, "lease_until": now + lease, "woken_at": None}
        with self._db.write(Mode.PULLED) as conn:
            got = {tuple(row) for row in conn.execute(claim.values(values).returning(*_IDENTITY))}
        return [due for due in found if (due.job.name, str(due.job.subject)) in got]

    def release(self, jobs: Collection[Job], *, holder: str) -> None:
        """Give work back that was taken and not begun: it is due as before."""
        if jobs:
            query = sa.update(due_jobs).where(_among(jobs), due_jobs.c.holder == holder)
            self._changed(query.values(holder=None, lease_until=None))

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


_IDENTITY = (due_jobs.c.name, due_jobs.c.subject)


def _due_job(row: sa.Row[Any]) -> DueJob:
    job = Job(name=row.name, subject=_subject(row.subject))
    return DueJob(job=job, due_at=row.due_at, failures=row.failures)


def _pressing(names: Sequence[str]) -> sa.ColumnElement[int]:
    """When work would have been due were it as pressing as the most pressing kind, microseconds."""
    longer = {name: span // timedelta(microseconds=1) for name, span in allowances(names).items()}
    return sa.type_coerce(due_jobs.c.due_at, sa.BigInteger) + sa.case(longer, value=due_jobs.c.name, else_=0)


def _among(jobs: Collection[Job]) -> sa.ColumnElement[bool]:
    return sa.tuple_(*_IDENTITY).in_([(job.name, str(job.subject)) for job in jobs])


def _here(job: Job) -> sa.ColumnElement[bool]:
    return sa.and_(due_jobs.c.name == job.name, due_jobs.c.subject == str(job.subject))


def _free(now: datetime) -> sa.ColumnElement[bool]:
    return due_jobs.c.lease_until.is_(None) | (due_jobs.c.lease_until <= now)


def _subject(text: str) -> Subject:
    """The opposite of `Subject.__str__`: brand and platform names hold no slash, a handle may."""
    brand, _, account = text.partition("/")
    platform, _, handle = account.partition("/")
    return Subject(brand=brand, account=AccountKey(platform=platform, handle=handle) if account else None)
