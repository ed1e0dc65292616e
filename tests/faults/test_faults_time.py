"""Digests and pulls through clock changes, sleep, limits and silence (docs/faults.md, 6 to 9, 15 and 16)."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fault_stage import KeptMail, brand_file, make_home, working

from bot.daemon import only_one
from bot.jobs.digest import digest
from bot.sandbox import Fault, FaultKind, Sandbox, SandboxClock, story_of, timeline
from bot.schedule import Scheduler
from policies.errors import OversightError
from policies.model.coverage import Why

CHANGES = {  # zone -> days around both clock changes of 2026
    "America/New_York": ("2026-03-06", "2026-10-30"),
    "Europe/Berlin": ("2026-03-27", "2026-10-23"),
    "Australia/Sydney": ("2026-04-03", "2026-10-02"),
    "Australia/Lord_Howe": ("2026-04-03", "2026-10-02"),
}


@pytest.mark.parametrize("at", ["00:15", "01:30", "02:30"])
@pytest.mark.parametrize(("zone", "begins"), [(z, b) for z, both in CHANGES.items() for b in both])
@pytest.mark.fault(7)
def test_one_digest_for_each_local_date(tmp_path: Path, zone: str, begins: str, at: str) -> None:
    begin = datetime.fromisoformat(f"{begins}T00:00:00+00:00")
    home = make_home(tmp_path, {}, brand_file(time_zone=zone, digest={"times": [at]}, accounts=[]))
    with working(home, lambda: begin, channel=KeptMail()) as work:
        due = begin
        for _ in range(8):
            due = digest(work, "example", due).next_due_at
        slots = sorted(row.slot for row in work.store.digests.find("example"))
        dates = [datetime.fromisoformat(slot).date() for slot in slots]
        assert len(slots) == 7
        assert {slot[11:] for slot in slots} == {at}
        assert all(b - a == timedelta(days=1) for a, b in itertools.pairwise(dates))


@pytest.mark.fault(8)
def test_after_three_days_down_one_digest_with_everything(tmp_path: Path) -> None:
    begin = datetime(2026, 11, 2, tzinfo=UTC)
    home = make_home(tmp_path, {}, brand_file(accounts=[]))
    with working(home, lambda: begin, channel=KeptMail()) as work:
        first = digest(work, "example", begin).next_due_at
        digest(work, "example", first)
        woken = first + timedelta(days=3, hours=5)
        digest(work, "example", woken)
        digest(work, "example", woken + timedelta(minutes=1))
        rows = sorted(work.store.digests.find("example"), key=lambda row: row.slot)
        assert len(rows) == 2
        assert rows[1].since == rows[0].until == first
        assert rows[1].until == first + timedelta(days=3)


@pytest.mark.fault(9)
def test_a_clock_that_goes_back_makes_no_second_digest(tmp_path: Path) -> None:
    begin = datetime(2026, 11, 2, tzinfo=UTC)
    home = make_home(tmp_path, {}, brand_file(accounts=[]))
    with working(home, lambda: begin, channel=KeptMail()) as work:
        due = digest(work, "example", begin).next_due_at
        digest(work, "example", due)
        digest(work, "example", due - timedelta(hours=1))
        digest(work, "example", due)
        assert len(work.store.digests.find("example")) == 1


@pytest.mark.fault(6)
def test_two_daemons_make_one_digest_and_the_second_refuses(tmp_path: Path) -> None:
    begin = datetime(2026, 11, 2, tzinfo=UTC)
    mail = KeptMail()
    home = make_home(tmp_path, {}, brand_file(accounts=[]))
    with (
        working(home, lambda: begin, channel=mail) as one,
        working(home, lambda: begin, channel=mail) as two,
    ):
        with (
            only_one(one),
            pytest.raises(OversightError, match="Another daemon works on this store"),
            only_one(two),
        ):
            pass
        schedulers = [Scheduler(one), Scheduler(two)]
        for scheduler in schedulers:
            scheduler.plan(begin)
        for hour in range(48):
            for scheduler in schedulers:
                scheduler.run_due(begin + timedelta(hours=hour))
        rows = one.store.digests.find("example")
        assert len(rows) == len(mail.sent) == len({row.slot for row in rows}) == 2


@pytest.fixture
def box() -> Sandbox:  # type: ignore[misc]
    story = story_of(*timeline(40))
    with Sandbox(story, SandboxClock(story.end)) as running:
        yield running  # type: ignore[misc]


def stage(tmp_path: Path, box: Sandbox):  # type: ignore[no-untyped-def]
    """Two accounts, of which X may be ill."""
    accounts = [
        {"platform": "x", "handle": "examplebrand", "every": "10m"},
        {"platform": "reddit", "handle": "examplebrand", "every": "10m"},
    ]
    home = make_home(tmp_path, box.environment(), brand_file(accounts=accounts))
    return working(home, box.clock, channel=KeptMail())


@pytest.mark.fault(15)
def test_no_call_before_a_rate_limit_ends_and_others_keep_their_pace(tmp_path: Path, box: Sandbox) -> None:
    start = box.clock.now()
    with stage(tmp_path, box) as work:
        scheduler = Scheduler(work)
        scheduler.plan(start)
        box.faults.add(Fault(kind=FaultKind.RATE_LIMIT, platform="x", times=1, seconds=900))
        scheduler.run_due(start)
        calls = box.meter.requests("x")
        pulls = []
        while box.clock.now() < start + timedelta(seconds=870):
            box.clock.advance(timedelta(seconds=30))
            scheduler.run_due(box.clock.now())
            pulls.append(box.meter.requests("reddit"))
        assert box.meter.requests("x") == calls, "nothing is asked before the reset"
        assert pulls[-1] > pulls[0], "the other account is read meanwhile"
        box.clock.advance(timedelta(minutes=3))
        scheduler.run_due(box.clock.now())
        assert box.meter.requests("x") > calls
        whys = [u.why for u in work.store.periods.unchecked("example", since=start, until=box.clock.now())]
        assert Why.RATE_LIMITED in whys


@pytest.mark.fault(16)
def test_a_silent_platform_is_said_in_the_digest(tmp_path: Path, box: Sandbox) -> None:
    start = box.clock.now()
    with stage(tmp_path, box) as work:
        quick = replace(work, connect=impatient(box))
        box.faults.add(Fault(kind=FaultKind.TIMEOUT, platform="x", times=None))
        scheduler = Scheduler(quick)
        scheduler.plan(start)
        scheduler.run_due(start)
        box.clock.set(start + timedelta(days=1))
        digest(quick, "example", start)
        digest(quick, "example", box.clock.now())
        body = work.store.outbox.find("example")[0].body.decode()
        notes = work.store.periods.unchecked("example", since=start, until=box.clock.now())
        assert Why.UNREACHABLE in {note.why for note in notes}
        assert "all clean" not in body
        assert "@examplebrand on X" in body.replace("=\r\n", "")


def impatient(box: Sandbox):  # type: ignore[no-untyped-def]
    """X with a time limit of half a second; the real one is 20 s, which the connector's own tests check."""
    from bot.connectors.shared.limits import Limits
    from bot.connectors.x.client import XCredentials
    from bot.connectors.x.connector import XConnector

    keys = XCredentials(bearer_token=box.fake("x").keys.bearer_token)
    made = XConnector(keys, base_url=box.url("x"), limits=Limits(seconds=0.5))
    return lambda _: made
