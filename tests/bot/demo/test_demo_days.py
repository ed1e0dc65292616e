"""The demo's story has the days that it promises, and its pulls come as soon as there is something to see."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from fault_stage import make_home

from bot.demo.exhibits import quiet_and_bad_day
from bot.demo.pulls import StoryQueue, moments
from bot.demo.stage import BRAND, BRAND_FILE
from bot.queue.port import Job, Subject
from bot.sandbox import load_story
from bot.wiring import opened_store

STORY = load_story(BRAND)
ZONE = ZoneInfo(STORY.time_zone)


def test_the_bad_day_is_the_one_of_the_walnuts_and_the_quiet_one_has_nothing() -> None:
    quiet, bad = quiet_and_bad_day(STORY, ZONE)
    assert bad == date(2026, 11, 5)
    assert quiet == date(2026, 10, 28)
    assert not [event for event in STORY.events if event.at.astimezone(ZONE).date() == quiet]


def test_every_change_is_pulled_within_the_interval_and_an_account_right_before_its_digest(
    tmp_path: Path,
) -> None:
    home = make_home(tmp_path, {}, BRAND_FILE)
    brand, now = home.brands[BRAND], STORY.start
    account = next(one for one in brand.accounts if one.platform == "reddit")
    job = Job(name="pull", subject=Subject(brand=BRAND, account=account.key))
    pulled = []
    with opened_store(home) as store:
        queue = StoryQueue(store, STORY, brand, lambda: now)
        queue.ensure(job, due_at=now)
        while now < STORY.start + timedelta(days=4):
            pulled.append(now)
            assert queue.take(["pull"], holder="test", now=now, lease=timedelta(minutes=1), limit=1)
            queue.finish(job, holder="test", next_due_at=now + account.every, error=None)
            now = queue.next_due() or STORY.end
    news = [at for at in moments(STORY)["reddit"] if at < pulled[-1]]
    assert news
    assert all(any(at <= seen <= at + account.every for seen in pulled) for at in news)
    evenings = {seen.astimezone(ZONE).date() for seen in pulled if _just_before_six(seen.astimezone(ZONE))}
    assert len(evenings) == 4
    assert len(pulled) < 4 * 24  # a quarter of what the plan asks for


def _just_before_six(local: object) -> bool:
    return f"{local:%H:%M}" >= "17:45" and f"{local:%H:%M}" <= "18:00"
