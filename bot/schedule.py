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
from bot.queue.port import EVERYTHING, DueJob, Job, Subject
from policies.model.keys import AccountKey

log = structlog.get_logger(__name__)
Run = Callable[[Work, Subject, datetime, int], Done]


def _for_brand(job: Callable[[Work, str, datetime, int], Done]) -> Run:
    return lambda work, subject, now, failures: job(work, subject.brand, now, failures)


def _for_account(job: Callable[[Work, AccountKey, datetime, int], Done]) -> Run:
    def run(work: Work, subject: Subject, now: datetime, failures: int) -> Done:
        if subject.account is None:
            raise ValueError(f"{subject} names no account")
        return job(work, subject.account, now, failures)

    return run


def _for_all(job: Callable[[Work, datetime, int], Done]) -> Run:
    return lambda work, _subject, now, failures: job(work, now, failures)


JOBS: Mapping[str, Run] = {
    "pull": _for_account(pull.pull),
    "check": _for_brand(check.check),
    "look_again": _for_account(look_again.look_again),
    "digest": _for_brand(digest.digest),
    "learn": _for_brand(learn.learn),
    "outbox": _for_all(outbox.outbox),
    "prune": _for_all(prune.prune),
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
        self._running: set[Job] = set()
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
        for job in jobs_of(self._work):
            self._work.queue.ensure(job, due_at=now)

    def start(self) -> None:
        """Begin ticking. Claims of a process that was killed are freed: the caller holds the store's lock."""
        self._work.queue.free_claims()
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
        return not busy and not self._work.queue.due(now, 1)

    def tick(self) -> None:
        """Hand everything that is due to the workers."""
        with self._ticking:
            if not self._stopped:
                self._hand_out(self._work.clock())

    def _hand_out(self, now: datetime) -> None:
        known = set(jobs_of(self._work))
        for due in self._work.queue.due(now, AT_ONCE):
            if due.job not in known:
                self._work.queue.forget(due.job)
            elif self._begin(due.job, now):
                self._engine.add_job(self.run, args=[due, now], misfire_grace_time=None)

    def run_due(self, now: datetime) -> int:
        """Run everything due now in this thread, until nothing is. How many jobs ran."""
        ran = 0
        while begun := [due for due in self._work.queue.due(now, AT_ONCE) if self._begin(due.job, now)]:
            for due in begun:
                self.run(due, now)
            ran += len(begun)
        return ran

    def _begin(self, job: Job, now: datetime) -> bool:
        with self._lock:
            if job in self._running:
                return False
            if not self._work.queue.claim(job, holder=self._holder, now=now, lease=LEASE):
                return False
            self._running.add(job)
            return True

    def run(self, due: DueJob, now: datetime) -> None:
        """Run one claimed job and write down when it is due again."""
        try:
            self._finish(due.job, self._outcome(due, now), now)
        finally:
            with self._lock:
                self._running.discard(due.job)

    def _outcome(self, due: DueJob, now: datetime) -> Done:
        job = due.job
        try:
            return JOBS[job.name](self._work, job.subject, now, due.failures)
        except Exception as error:
            # One job's fault must not stop the others; it is logged whole, kept with the job and tried again later.
            log.exception("job failed", job=job.name, subject=str(job.subject))
            pause = back_off(due.failures, FIRST_PAUSE, LAST_PAUSE)
            return Done(next_due_at=now + pause, error=f"{type(error).__name__}: {error}")

    def _finish(self, job: Job, done: Done, now: datetime) -> None:
        queue = self._work.queue
        queue.finish(job, holder=self._holder, next_due_at=done.next_due_at, error=done.error)
        for woken in done.wakes:
            queue.wake(woken, at=now)


def jobs_of(work: Work) -> list[Job]:
    """All jobs that the configured brands need."""
    wanted = [Job(name=name, subject=EVERYTHING) for name in ("outbox", "prune")]
    for brand in work.brands.values():
        whole = Subject(brand=brand.brand)
        wanted += [Job(name=name, subject=whole) for name in ("check", "digest", "learn")]
        for account in brand.accounts:
            one = Subject(brand=brand.brand, account=account.key)
            wanted += [Job(name=name, subject=one) for name in ("pull", "look_again")]
    return wanted
