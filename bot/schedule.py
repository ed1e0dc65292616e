"""APScheduler ticks; the store says what is due. Nothing else is decided here."""

from __future__ import annotations

import os
import socket
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from bot.jobs import check, digest, learn, look_again, outbox, prune, pull, watch
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


#: by name, the most pressing first
JOBS: Mapping[str, Run] = {
    "pull": _for_account(pull.pull),
    "watch": _for_brand(watch.watch),
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
GRACE = timedelta(
    seconds=6
)  #: for jobs that run when the service stops; what they had not stored is done again


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Workers of their own for some kinds of work, so that none of it ever waits for the rest."""

    name: str
    workers: int
    jobs: tuple[str, ...]  #: names, the most pressing first


LETTERS = ("outbox", "digest")  #: these wait for no platform
ALERTS = ("watch", "check")  #: what the owner must hear at once comes from these, however many platforms hang
LANES = (
    Lane(name="letters", workers=2, jobs=LETTERS),
    Lane(name="alerts", workers=3, jobs=ALERTS),
    Lane(name="reading", workers=8, jobs=tuple(name for name in JOBS if name not in (*LETTERS, *ALERTS))),
)
#: where one worker does all: what was pulled is judged and watched in the same round
IN_ORDER = (*LETTERS, *(name for name in JOBS if name not in LETTERS))


class Scheduler:
    """Runs what is due, each subject by one worker at a time."""

    def __init__(self, work: Work, *, tick: timedelta = timedelta(seconds=1)) -> None:
        self._work = work
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._known = frozenset(jobs_of(work))
        self._waiting: set[Job] = set()  #: taken, and not begun
        self._running: set[Job] = set()
        self._changed = threading.Condition()
        self._ticking = threading.Lock()
        self._engine = BackgroundScheduler(
            timezone=UTC,
            executors={
                "tick": ThreadPoolExecutor(1),
                **{lane.name: ThreadPoolExecutor(lane.workers) for lane in LANES},
            },
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
        self._work.queue.ensure(*jobs_of(self._work), due_at=now)

    def start(self) -> None:
        """Begin ticking. Claims of a process that was killed are freed: the caller holds the store's lock."""
        self._work.queue.free_claims()
        self.plan(self._work.clock())
        self._engine.start()

    def stop(self, grace: timedelta = GRACE) -> list[Job]:
        """Begin nothing new, and wait a while for what runs; what had not ended by then.

        Jobs look at ``Work.stopping`` between two things that they store. What does not end is to die with the
        process, as in a crash: all of it was stored, or none.
        """
        self._work.stopping.set()
        self._engine.remove_job("tick")
        # The engine shuts down under the lock that `add_job` takes, so a tick that is under way has to end before.
        with self._ticking, self._changed:
            waiting = list(self._waiting)
            self._waiting.clear()
        self._work.queue.release(waiting, holder=self._holder)
        with self._changed:
            self._changed.wait_for(lambda: not self._running, grace.total_seconds())
            left = sorted(self._running, key=str)
        if left:
            log.warning("left unfinished", jobs=[f"{job.name} of {job.subject}" for job in left])
        self._engine.shutdown(wait=not left)
        return left

    @property
    def idle(self) -> bool:
        """Whether nothing runs and nothing is due."""
        now = self._work.clock()
        with self._changed:
            busy = bool(self._running or self._waiting)
        return not busy and not self._work.queue.due(now, 1)

    def tick(self) -> None:
        """Hand what is due to the workers, as much as they can do soon."""
        with self._ticking:
            if not self._work.stopping.is_set():
                now = self._work.clock()
                for lane in LANES:
                    self._hand_out(lane, now)

    def _hand_out(self, lane: Lane, now: datetime) -> None:
        with self._changed:
            at_hand = sum(job.name in lane.jobs for job in (*self._waiting, *self._running))
        if at_hand > lane.workers:  # enough to go on with: work is taken by the handful, not one by one
            return
        for due in self._take(lane.jobs, now, 3 * lane.workers - at_hand):
            self._engine.add_job(self._begin, args=[lane, due], misfire_grace_time=None, executor=lane.name)

    def _take(self, names: Sequence[str], now: datetime, limit: int) -> list[DueJob]:
        """Take what is due; what no brand needs any more is taken off the plan."""
        taken = self._work.queue.take(names, holder=self._holder, now=now, lease=LEASE, limit=limit)
        for due in taken:
            if due.job not in self._known:
                self._work.queue.forget(due.job)
        with self._changed:  # a lease may end while its job still runs here
            at_hand = self._waiting | self._running
            wanted = [due for due in taken if due.job in self._known - at_hand]
            self._waiting.update(due.job for due in wanted)
        return wanted

    def run_due(self, now: datetime) -> int:
        """Run everything due now in this thread, until nothing is. How many jobs ran."""
        ran = 0
        while taken := self._take(IN_ORDER, now, len(self._known)):
            for due in taken:
                self.run(due, now)
            ran += len(taken)
        return ran

    def _begin(self, lane: Lane, due: DueJob) -> None:
        self.run(due, self._work.clock())
        with self._ticking:
            if not self._work.stopping.is_set():
                self._hand_out(lane, self._work.clock())

    def run(self, due: DueJob, now: datetime) -> None:
        """Run one job that was taken and write down when it is due again; nothing where it was given back."""
        with self._changed:
            if due.job not in self._waiting:
                return
            self._waiting.remove(due.job)
            self._running.add(due.job)
        try:
            self._finish(due.job, self._outcome(due, now), now)
        finally:
            with self._changed:
                self._running.discard(due.job)
                self._changed.notify_all()

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
        wanted += [Job(name=name, subject=whole) for name in ("check", "watch", "digest", "learn")]
        for account in brand.accounts:
            one = Subject(brand=brand.brand, account=account.key)
            wanted += [Job(name=name, subject=one) for name in ("pull", "look_again")]
    return wanted
