"""The scheduler runs what the store says is due, and one job's trouble is nobody else's."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import bot_stage  # noqa: F401 -- finds the stage
import pytest
from fault_stage import KeptMail, brand_file, make_home, working

from bot.jobs.work import Done
from bot.ports import Delivery
from bot.schedule import FIRST_PAUSE, JOBS, Scheduler, jobs_of

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


def test_every_brand_and_account_gets_its_work(tmp_path: Path) -> None:
    home = make_home(tmp_path, {}, brand_file())
    with working(home, lambda: NOW, channel=KeptMail()) as work:
        wanted = jobs_of(work)
        assert {job.name for job in wanted} == set(JOBS)
        Scheduler(work).plan(NOW)
        assert {due.job for due in work.queue.due(NOW, 100)} == set(wanted)


def test_a_job_that_fails_unforeseen_waits_longer_each_time_and_the_others_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Done:
        raise ZeroDivisionError("nobody foresaw this")

    monkeypatch.setitem(JOBS, "check", broken)  # type: ignore[arg-type]
    home = make_home(tmp_path, {}, brand_file(accounts=[]))
    with working(home, lambda: NOW, channel=KeptMail()) as work:
        scheduler = Scheduler(work)
        scheduler.plan(NOW)
        assert scheduler.run_due(NOW) == len(jobs_of(work))
        pauses, at = [], NOW
        for _ in range(4):
            at = next(
                t for n in range(1, 2000) if work.queue.due(t := at + timedelta(seconds=10 * n), 9)
                and "check" in {due.job.name for due in work.queue.due(t, 9)}
            )  # fmt: skip
            pauses.append(at)
            scheduler.run_due(at)
        gaps = [b - a for a, b in zip([NOW, *pauses], pauses, strict=False)]
        assert gaps[0] == FIRST_PAUSE
        assert gaps == sorted(set(gaps)), "each pause is longer than the one before"


def test_work_of_an_account_that_left_the_file_is_forgotten(tmp_path: Path) -> None:
    home = make_home(tmp_path, {}, brand_file())
    with working(home, lambda: NOW, channel=KeptMail()) as work:
        Scheduler(work).plan(NOW)
        brand = work.brands["example"].model_copy(update={"accounts": ()})
        shrunk = Scheduler(replace(work, brands={"example": brand}))
        shrunk._engine.start(paused=True)
        shrunk.tick()
        shrunk.stop()
        assert "pull" not in {due.job.name for due in work.queue.due(NOW + timedelta(days=1), 100)}


def test_a_mail_server_that_refuses_for_now_gets_the_same_mail_again(tmp_path: Path) -> None:
    mail = KeptMail(Delivery.RETRY)
    home = make_home(tmp_path, {}, brand_file(accounts=[]))
    clock = [NOW]
    with working(home, lambda: clock[0], channel=mail) as work:
        scheduler = Scheduler(work)
        scheduler.plan(NOW)
        for hour in range(30):
            clock[0] = NOW + timedelta(hours=hour)
            scheduler.run_due(clock[0])
        tries = len(mail.sent)
        assert tries >= 2
        assert len(set(mail.sent)) == 1
        mail.delivery = Delivery.SENT
        for hour in range(30, 34):
            clock[0] = NOW + timedelta(hours=hour)
            scheduler.run_due(clock[0])
        assert len(mail.sent) == tries + 1
        assert len(set(mail.sent)) == 1, "one digest, the same Message-ID each time"


def test_stopping_in_the_midst_of_a_tick_ends(tmp_path: Path) -> None:
    """The tick needs the engine's lock to hand work out, and the engine holds it while it waits for the tick."""
    in_tick, go_on = threading.Event(), threading.Event()

    def clock() -> datetime:
        if threading.current_thread() is not threading.main_thread() and not go_on.is_set():
            in_tick.set()
            assert go_on.wait(20)
        return NOW

    home = make_home(tmp_path, {}, brand_file(accounts=[]))
    with working(home, clock, channel=KeptMail()) as work:
        scheduler = Scheduler(work, tick=timedelta(milliseconds=20))
        scheduler.start()
        assert in_tick.wait(20)
        stopping = threading.Thread(target=scheduler.stop, daemon=True)
        stopping.start()
        time.sleep(0.5)  # so that it has come to where it waits; asking the engine would wait with it
        go_on.set()
        stopping.join(20)
        assert not stopping.is_alive()
