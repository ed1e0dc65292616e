"""What the brand answered and we never saw is fetched once, on both platforms, through the daemon's own jobs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fault_stage import KeptMail, brand_file, make_home, working

from bot.connectors.loopback.story import Delete
from bot.jobs.work import Work
from bot.sandbox import Fault, FaultKind, Publish, Sandbox, SandboxClock, story_of
from bot.sandbox.synthetic import BRAND, EPOCH, SUBREDDIT
from bot.schedule import Scheduler
from policies.model.keys import PostKey
from policies.model.post import Post
from policies.served import is_tombstone

MINUTE = timedelta(minutes=1)
ASKED = "My loaf from this morning has a stone in it"
PLATFORMS = pytest.mark.parametrize("platform", ["x", "reddit"])


def said(platform: str, ref: str, minutes: int, author: str, text: str, parent: str | None = None) -> Publish:
    titled: dict[str, Any] = {}
    if platform == "reddit" and parent is None:
        titled = {"title": "A stone", "subreddit": SUBREDDIT}
    at = EPOCH + minutes * MINUTE
    return Publish(ref=ref, at=at, platform=platform, author=author, text=text, parent=parent, **titled)


@contextmanager
def pulled(
    path: Path, platform: str, *more: Publish | Delete, **account: Any
) -> Iterator[tuple[Work, Sandbox]]:
    """An account that answered a client who had not named it; pulled every five minutes."""
    asked = said(platform, "asked", 0, "nell", ASKED)
    answered = said(platform, "answered", 20, BRAND, "So sorry. Please show it to us.", "asked")
    events = [one for one in more if isinstance(one, Delete)]
    posts = [one for one in more if isinstance(one, Publish)]
    story = story_of(asked, answered, *posts).with_events(*events)
    with Sandbox(story, SandboxClock(EPOCH + 25 * MINUTE)) as box:
        entry = {"platform": platform, "handle": BRAND, "every": "5m", **account}
        home = make_home(path, box.environment(), brand_file(accounts=[entry]))
        with working(home, box.clock, channel=KeptMail()) as work:
            yield work, box


def live(work: Work, box: Sandbox, length: timedelta) -> None:
    scheduler, end = Scheduler(work), box.clock.now() + length
    scheduler.plan(box.clock.now())
    while (due := work.queue.next_due()) and due <= end:
        box.clock.set(max(due, box.clock.now()))
        scheduler.run_due(box.clock.now())
    box.clock.set(end)


def kept(work: Work, box: Sandbox, platform: str, ref: str) -> Post | None:
    key = PostKey(platform=platform, account=BRAND, external_id=box.external_id(ref))
    stored = work.store.posts.get(key)
    return stored.post if stored else None


@PLATFORMS
def test_what_was_answered_is_fetched_into_its_conversation(tmp_path: Path, platform: str) -> None:
    with pulled(tmp_path, platform) as (work, box):
        live(work, box, timedelta())
        asked, answered = (kept(work, box, platform, ref) for ref in ("asked", "answered"))
        assert asked is not None
        assert answered is not None
        assert asked.text.endswith(ASKED)
        assert not asked.outbound
        assert asked.author not in {"", BRAND}
        thread = work.store.posts.thread(answered.thread_key)
        assert thread is not None
        assert [post.key for post in thread.posts] == [asked.key, answered.key]
        assert not work.store.posts.unjudged("example", limit=9)


def test_it_is_fetched_once(tmp_path: Path) -> None:
    with pulled(tmp_path, "x", look_again={"same_day": False, "own": [], "after": []}) as (work, box):
        live(work, box, timedelta())
        served = box.meter.bill("x")["served"]
        live(work, box, 30 * MINUTE)
        assert box.meter.bill("x")["served"] == served


@PLATFORMS
def test_what_is_gone_is_a_tombstone_and_said(tmp_path: Path, platform: str) -> None:
    with pulled(tmp_path, platform, Delete(ref="asked", at=EPOCH + 22 * MINUTE)) as (work, box):
        live(work, box, 30 * MINUTE)
        asked = kept(work, box, platform, "asked")
        assert asked is not None
        assert is_tombstone(asked.text)
        assert asked.deleted_at is not None
        notes = work.store.periods.unchecked("example", since=EPOCH, until=box.clock.now())
        (note,) = [one for one in notes if one.code == "parents-gone"]
        assert note.count == 1


@PLATFORMS
def test_a_platform_in_trouble_is_asked_again(tmp_path: Path, platform: str) -> None:
    with pulled(tmp_path, platform) as (work, box):
        path = "/2/tweets" if platform == "x" else "/api/info"
        box.faults.add(Fault(kind=FaultKind.UNAVAILABLE, platform=platform, path_prefix=path, times=2))
        live(work, box, timedelta())
        assert kept(work, box, platform, "asked") is None
        live(work, box, 15 * MINUTE)
        assert kept(work, box, platform, "asked") is not None


def test_what_the_budget_does_not_allow_is_let_be(tmp_path: Path) -> None:
    with pulled(tmp_path, "x", monthly_budget=0.015) as (work, box):
        live(work, box, 30 * MINUTE)
        assert kept(work, box, "x", "asked") is None
        assert box.meter.bill("x")["micro_dollars"] <= 15_000


def test_what_others_answer_among_themselves_is_theirs(tmp_path: Path) -> None:
    aside = said("reddit", "aside", 1, "tom", "Stones are good for you", "asked")
    named = said("reddit", "named", 2, "uma", f"u/{BRAND} look at this", "aside")
    with pulled(tmp_path, "reddit", aside, named) as (work, box):
        live(work, box, 30 * MINUTE)
        assert kept(work, box, "reddit", "named") is not None
        assert kept(work, box, "reddit", "aside") is None
