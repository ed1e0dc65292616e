"""Ten thousand pieces of work at once: letters go first, pulls next, and nothing begins once the service stops."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from bot_stage import eventually
from fault_stage import KeptMail, brand_file, make_home, working

from bot.jobs.work import Done, Work
from bot.queue.port import Subject
from bot.schedule import JOBS, Scheduler, jobs_of

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
ACCOUNTS = 5000


@contextmanager
def crowd(path: Path, accounts: int = ACCOUNTS) -> Iterator[Work]:
    """A business with so many accounts."""
    home = make_home(path, {}, brand_file())
    with working(home, lambda: NOW, channel=KeptMail()) as work:
        brand = work.brands["example"]
        many = [brand.accounts[0].model_copy(update={"handle": f"shop{n}"}) for n in range(accounts)]
        yield replace(work, brands={"example": brand.model_copy(update={"accounts": tuple(many)})})


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float]]:
    """Names of the jobs that began, with when; each takes a moment, as if a platform were asked."""
    began: list[tuple[str, float]] = []
    for name in JOBS:

        def job(_: Work, __: Subject, now: datetime, ___: int, name: str = name) -> Done:
            began.append((name, time.monotonic()))
            time.sleep(0.02)
            return Done(next_due_at=now + timedelta(days=1))

        monkeypatch.setitem(JOBS, name, job)  # type: ignore[arg-type]
    return began


def test_letters_and_pulls_go_before_ten_thousand_other_things(
    tmp_path: Path, begun: list[tuple[str, float]]
) -> None:
    with crowd(tmp_path) as work:
        scheduler = Scheduler(work, tick=timedelta(milliseconds=50))
        started = time.monotonic()
        scheduler.start()
        eventually(lambda: len(begun) >= 500, "it does not get on")
        scheduler.stop()
        assert len(jobs_of(work)) > 10_000
    first = {name: at - started for name, at in reversed(begun)}
    assert {name for name, _ in begun} == {"outbox", "digest", "watch", "check", "pull"}
    assert max(first.values()) < 5


def test_alerts_wait_for_no_platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each worker that reads is held by a platform that does not answer; who is in danger is found all the same."""
    go_on, found = threading.Event(), threading.Event()

    def hangs(_: Work, __: Subject, now: datetime, ___: int) -> Done:
        assert go_on.wait(60)
        return Done(next_due_at=now + timedelta(days=1))

    def finds(_: Work, __: Subject, now: datetime, ___: int) -> Done:
        found.set()
        return Done(next_due_at=now + timedelta(days=1))

    for name in JOBS:
        monkeypatch.setitem(JOBS, name, finds if name == "watch" else hangs)  # type: ignore[arg-type]
    with crowd(tmp_path, 100) as work:
        later = NOW + timedelta(minutes=1)
        work.queue.ensure(*(job for job in jobs_of(work) if job.name == "watch"), due_at=later)
        times = iter([NOW, NOW])
        scheduler = Scheduler(
            replace(work, clock=lambda: next(times, later)), tick=timedelta(milliseconds=50)
        )
        scheduler.start()
        try:
            assert found.wait(20), "it waits behind the pulls"
        finally:
            go_on.set()
            scheduler.stop()


def test_nothing_begins_once_the_service_stops_and_what_was_taken_is_given_back(
    tmp_path: Path, begun: list[tuple[str, float]]
) -> None:
    others = set(threading.enumerate())  # of tests that ran before in this process
    with crowd(tmp_path, 400) as work:
        due = len(jobs_of(work))
        scheduler = Scheduler(work, tick=timedelta(milliseconds=50))
        scheduler.start()
        eventually(lambda: len(begun) >= 40, "it does not get on")
        told = time.monotonic()
        assert scheduler.stop() == []
        assert time.monotonic() - told < 2
        assert max(at for _, at in begun) < told + 0.05
        assert len(work.queue.due(NOW, 10_000)) == due - len(begun), "all that did not run is still due"
    ours = set(threading.enumerate()) - others
    assert Counter(thread.name.partition("-")[0] for thread in ours)["ThreadPoolExecutor"] == 0


def test_a_job_that_does_not_end_is_left_behind_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def stuck(_: Work, __: Subject, now: datetime, ___: int) -> Done:
        begun.set()
        assert go_on.wait(60)
        return Done(next_due_at=now + timedelta(days=1))

    monkeypatch.setitem(JOBS, "pull", stuck)  # type: ignore[arg-type]
    with crowd(tmp_path, 1) as work:
        scheduler = Scheduler(work, tick=timedelta(milliseconds=50))
        scheduler.start()
        assert begun.wait(60), "it does not get on"
        told = time.monotonic()
        left = scheduler.stop(timedelta(seconds=1))
        assert [job.name for job in left] == ["pull"]
        assert time.monotonic() - told < 5
        go_on.set()
        eventually(lambda: not scheduler._running, "the thread did not end")
