"""/healthz and /metrics say what is wrong, and nothing about people."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import bot_stage  # noqa: F401 -- finds the stage
import pytest
from fault_stage import KeptMail, brand_file, make_home, working

from benchmarks.attacks.frame import measured
from bot.health import Health, problems_of
from bot.jobs.digest import send_now
from bot.jobs.outbox import outbox
from bot.jobs.pull import pull
from bot.ports import Delivery
from bot.schedule import Scheduler
from policies.model.keys import AccountKey

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


def test_a_new_service_is_well(tmp_path: Path) -> None:
    home = make_home(tmp_path, {}, brand_file(accounts=[]))
    with working(home, lambda: NOW, channel=KeptMail()) as work:
        Scheduler(work).plan(NOW)
        assert Health(work).report() == {"ok": True, "problems": []}


def test_work_that_nobody_does_is_a_problem(tmp_path: Path) -> None:
    home = make_home(tmp_path, {}, brand_file(accounts=[]))
    with working(home, lambda: NOW + timedelta(hours=1), channel=KeptMail()) as work:
        Scheduler(work).plan(NOW)
        report = Health(work).report()
        assert not report["ok"]
        assert "waited since 2026-11-02 12:00" in report["problems"][0]
        assert b"oversight_due_lag_seconds 3600.0" in Health(work).metrics()


def test_an_account_without_keys_and_a_refused_mail_are_problems(tmp_path: Path) -> None:
    home = make_home(tmp_path, {}, brand_file())
    with working(home, lambda: NOW, channel=KeptMail(Delivery.DEAD)) as work:
        pull(work, AccountKey(platform="x", handle="examplebrand"), NOW)
        send_now(work, "example", NOW)
        outbox(work, NOW)
        assert "x/examplebrand" in " ".join(problems_of(work))  # for whoever runs the service
        assert "kept" in " ".join(problems_of(work))
        report = Health(work).report()
        problems = " ".join(report["problems"])
        assert not report["ok"]
        assert "not being read: 1" in problems
        assert "not surely arrive: 1" in problems
        for name in ("examplebrand", "olive", "kept", str(tmp_path)):
            assert name not in problems
        metrics = Health(work).metrics().decode()
        assert "oversight_failing_streams 1.0" in metrics
        assert 'oversight_messages{state="dead"} 1.0' in metrics
        for name in ("olive", "example"):
            assert name not in metrics


@pytest.mark.fault(44)
def test_ten_thousand_dead_notices_cost_no_memory(tmp_path: Path) -> None:
    home = make_home(tmp_path, {}, brand_file(accounts=[]))
    with working(home, lambda: NOW, channel=KeptMail()) as work:
        fill_outbox(tmp_path / "oversight.db", 10_000)
        health = Health(work)
        cost, report = measured(lambda: (health.report(), health.metrics(), problems_of(work)))
        assert cost.megabytes < 50
        assert "not surely arrive: 10000" in str(report)


def fill_outbox(path: Path, many: int) -> None:
    """So many messages that were refused for good, each as large as mails get."""
    row = ("example", "notice", "email", '["ann@example.org"]', b"x" * 20_000, "dead", "550 no")
    with sqlite3.connect(path) as line:
        line.executemany(
            "INSERT INTO outbox (key, brand, kind, channel, recipients, body, state, detail, created_at, attempts)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1790000000000000, 1)",
            ((str(number), *row) for number in range(many)),
        )
