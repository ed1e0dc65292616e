"""API money over a week of the daemon's own jobs, metered by the sandbox as X does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fault_stage import KeptMail, brand_file, make_home, working

from bot.jobs.work import Intervals
from bot.sandbox import Sandbox, SandboxClock, replies, story_of, timeline
from bot.schedule import Scheduler
from policies.model.coverage import Why
from policies.model.keys import AccountKey

POSTS, MENTIONS = 60, 60
SLOW = Intervals(check=timedelta(hours=6), outbox=timedelta(hours=6), look_again=timedelta(hours=1))


def week(tmp_path: Path, days: int, **account: Any) -> tuple[dict[str, int], dict[str, int], int]:
    """Live for so many days: the bill by kind, the bill after further quiet days, and the store's own count."""
    posts = timeline(POSTS, every=timedelta(hours=1, minutes=30))
    mentions = replies(MENTIONS, to=posts[0], every=timedelta(hours=1, minutes=10))
    story = story_of(*posts, *mentions, end=posts[0].at + timedelta(days=days + 20))
    with Sandbox(story, SandboxClock(story.start)) as box:
        env = box.environment()
        entry = {"platform": "x", "handle": "examplebrand", "every": "2h", **account}
        home = make_home(tmp_path, env, brand_file(accounts=[entry]))
        with working(home, box.clock, channel=KeptMail(), intervals=SLOW) as work:
            scheduler = Scheduler(work)
            scheduler.plan(box.clock.now())
            bills = []
            for until in (days, days + 12):
                end = story.start + timedelta(days=until)
                while (due := work.queue.next_due()) and due < end:
                    box.clock.set(max(due, box.clock.now()))
                    scheduler.run_due(box.clock.now())
                bills.append(dict(box.meter.bill("x")["billed"]))
            spent = sum(
                work.store.streams.spent(AccountKey(platform="x", handle="examplebrand"), month).reads
                for month in ("2026-10", "2026-11", "2026-12")
            )
            return bills[0], bills[1], spent


def reads(bill: dict[str, int]) -> int:
    """Posts in a bill, own and others'."""
    return sum(count for kind, count in bill.items() if kind != "user")


def test_each_new_post_costs_one_read_and_quiet_days_cost_none(tmp_path: Path) -> None:
    first, later, spent = week(tmp_path, 6, look_again={"same_day": False, "own": [], "after": []})
    assert reads(first) <= 1.05 * (POSTS + MENTIONS)
    assert reads(first) >= POSTS + MENTIONS
    assert later == first, "nothing is billed while nothing is new"
    assert spent == sum(first.values()), "our meter says what X bills"


def test_looking_again_costs_little_more_than_one_further_read_over_a_life(tmp_path: Path) -> None:
    _, later, spent = week(tmp_path, 6)
    assert reads(later) <= 2.2 * (POSTS + MENTIONS)
    assert reads(later) > 1.5 * (POSTS + MENTIONS), "each post was looked at once more"
    assert spent == sum(later.values())


def test_the_same_day_look_is_free(tmp_path: Path) -> None:
    first, later, _ = week(tmp_path, 6, look_again={"same_day": True, "own": [], "after": []})
    assert reads(later) <= 1.05 * (POSTS + MENTIONS)
    assert first == later


@pytest.mark.parametrize("dollars", [0.05, 0.2])
def test_the_budget_stops_before_it_is_passed(tmp_path: Path, dollars: float) -> None:
    posts = timeline(400, every=timedelta(minutes=5))
    story = story_of(*posts)
    with Sandbox(story, SandboxClock(story.end)) as box:
        env = box.environment()
        entry = {"platform": "x", "handle": "examplebrand", "every": "1h", "monthly_budget": dollars}
        home = make_home(tmp_path, env, brand_file(accounts=[entry]))
        with working(home, box.clock, channel=KeptMail(), intervals=SLOW) as work:
            scheduler = Scheduler(work)
            scheduler.plan(box.clock.now())
            for _ in range(4):
                scheduler.run_due(box.clock.now())
                box.clock.advance(timedelta(hours=2))
            assert 0 < box.meter.bill("x")["micro_dollars"] <= dollars * 1_000_000
            notes = work.store.periods.unchecked("example", since=story.start, until=box.clock.now())
            assert Why.BUDGET_SPENT in {note.why for note in notes}
