"""APScheduler ticks; the store says what is due. Nothing else is decided here."""

from __future__ import annotations

import os
import socket
import threading
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from bot.jobs import check, digest, learn, look_again, outbox, prune, pull
from bot.jobs.work import Done, Work, back_off
from storage.views import DueJob

log = structlog.get_logger(__name__)
Job = Callable[[Work, str, datetime, int], Done]

JOBS: Mapping[str, Job] = {
    "pull": pull.pull,
    "check": check.check,
    "look_again": look_again.look_again,
    "digest": digest.digest,
    "learn": learn.learn,
    "outbox": outbox.outbox,
    "prune": prune.prune,
}
LEASE = timedelta(minutes=15)  #: longest that a job may hold its subject
FIRST_PAUSE = timedelta(minutes=1)  #: after a job that failed in a way nobody foresaw
LAST_PAUSE = timedelta(hours=6)
WORKERS = 8
AT_ONCE = 200  #: due jobs taken in one tick


class Scheduler:
    """Runs what is due, each subject by one worker at a time."""

    def __init__(self, work: Work, *, tick: timedelta = timedelta(seconds=1)) -> None:
        self._work = work
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._running: set[tuple[str, str]] = set()
        self._lock = threading.Lock()
        self._ticking = threading.Lock()
        self._stopped = False
        self._engine = BackgroundScheduler(
            timezone=UTC, executors={"default": ThreadPoolExecutor(WORKERS), "tick": ThreadPoolExecutor(1)}
        )
        self._engine.add_job(
            self.tick,
            "interval",
            seconds=tick.total_seconds(),
            id="tick",
            executor="tick",
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )

    def plan(self, now: datetime) -> None:
        """Make sure that everything the brands need stands in the store. What stands there stays as it is."""
        for name, subject in subjects(self._work):
            self._work.store.ensure_due(name, subject, due_at=now)

    def start(self) -> None:
        """Begin ticking. Claims of a process that was killed are freed: the caller holds the store's lock."""
        self._work.store.free_claims()
        self.plan(self._work.clock())
        self._engine.start()

    def stop(self) -> None:
        """Finish what runs, begin nothing new."""
        self._engine.remove_job("tick")
        # The engine shuts down under the lock that `add_job` takes, so a tick that is under way has to end before.
        with self._ticking:
            self._stopped = True
        self._engine.shutdown(wait=True)

    @property
    def idle(self) -> bool:
        """Whether nothing runs and nothing is due."""
        now = self._work.clock()
        with self._lock:
            busy = bool(self._running)
        return not busy and not self._work.store.due(now, 1)

    def tick(self) -> None:
        """Hand everything that is due to the workers."""
        with self._ticking:
            if not self._stopped:
                self._hand_out(self._work.clock())

    def _hand_out(self, now: datetime) -> None:
        known = set(subjects(self._work))
        for job in self._work.store.due(now, AT_ONCE):
            if (job.name, job.subject) not in known:
                self._work.store.forget_due(job.name, job.subject)
            elif self._begin(job, now):
                self._engine.add_job(self.run, args=[job, now], misfire_grace_time=None)

    def run_due(self, now: datetime) -> int:
        """Run everything due now in this thread, until nothing is. How many jobs ran."""
        ran = 0
        while jobs := [job for job in self._work.store.due(now, AT_ONCE) if self._begin(job, now)]:
            for job in jobs:
                self.run(job, now)
            ran += len(jobs)
        return ran

    def _begin(self, job: DueJob, now: datetime) -> bool:
        key = (job.name, job.subject)
        with self._lock:
            if key in self._running:
                return False
            if not self._work.store.claim_due(*key, holder=self._holder, now=now, lease=LEASE):
                return False
            self._running.add(key)
            return True

    def run(self, job: DueJob, now: datetime) -> None:
        """Run one claimed job and write down when it is due again."""
        try:
            self._settle(job, self._outcome(job, now), now)
        finally:
            with self._lock:
                self._running.discard((job.name, job.subject))

    def _outcome(self, job: DueJob, now: datetime) -> Done:
        try:
            return JOBS[job.name](self._work, job.subject, now, job.failures)
        except Exception as error:
            # One job's fault must not stop the others; it is logged whole, kept with the job and tried again later.
            log.exception("job failed", job=job.name, subject=job.subject)
            pause = back_off(job.failures, FIRST_PAUSE, LAST_PAUSE)
            return Done(next_due_at=now + pause, error=f"{type(error).__name__}: {error}")

    def _settle(self, job: DueJob, done: Done, now: datetime) -> None:
        store = self._work.store
        store.finish_due(
            job.name,
            job.subject,
            holder=self._holder,
            next_due_at=done.next_due_at,
            error=done.error,
            now=now,
        )
        for name, subject in done.wakes:
            store.wake(name, subject, at=now)


def subjects(work: Work) -> list[tuple[str, str]]:
    """All (job name, subject) pairs that the configured brands need."""
    wanted = [("outbox", "all"), ("prune", "all")]
    for brand in work.brands.values():
        wanted += [(name, brand.brand) for name in ("check", "digest", "learn")]
        for account in brand.accounts:
            subject = f"{brand.brand}/{account.platform}/{account.handle}"
            wanted += [("pull", subject), ("look_again", subject)]
    return wanted
