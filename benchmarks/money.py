"""API money: three weeks of the daemon's own jobs on the sandbox, which bills reads as X does."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.demo.stage import BRAND, BRAND_FILE, INTERVALS
from bot.jobs.work import Work
from bot.sandbox import Sandbox, SandboxClock, load_story
from bot.schedule import Scheduler
from bot.settings.home import load_home
from bot.settings.starter import write_home
from bot.wiring import build_work, new_link_key, opened_store
from policies.scoring import Reading

#: A post is read once more when it is a week old; early looks at the brand's own cost where midnight UTC lies between.
GOAL = {"reads_per_new_post": 1.05, "reads_when_quiet": 0, "further_reads_per_post": 1.0}
QUIET = timedelta(days=3)


class _Silent:
    """A scorer that reads nothing: only the pulling is measured."""

    version = "silent"
    heads: Mapping[str, tuple[str, ...]] = {}

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """No language is readable to it."""
        return [Reading(language=None, readable=False, heads={}) for _ in texts]


def run() -> dict[str, Any]:
    """Billed reads for each new post, on quiet days, and for looking again."""
    pulled = _live(look_again={"same_day": False, "own": [], "after": []})
    looked = _live(look_again={})
    posts = pulled["posts"]
    further = (looked["billed"] - pulled["billed"]) / posts
    return {
        "new_posts": posts,
        "reads_per_new_post": round(pulled["billed"] / posts, 3),
        "reads_when_quiet": pulled["quiet"],
        "further_reads_per_post": round(further, 3),
        "dollars_for_three_weeks": round(looked["dollars"], 3),
        "goal": GOAL,
        "reached": pulled["billed"] <= 1.05 * posts
        and pulled["quiet"] == 0
        and further <= GOAL["further_reads_per_post"],
    }


def _live(look_again: dict[str, Any]) -> dict[str, Any]:
    story = load_story(BRAND)
    account = {"platform": "x", "handle": "juniperandrye", "every": "2h", "look_again": look_again}
    with tempfile.TemporaryDirectory() as folder, Sandbox(story, SandboxClock(story.start)) as box:
        home = Path(folder)
        write_home(
            home,
            env={**box.environment(), "OVERSIGHT_LINK_KEYS": new_link_key()},
            brands=[{**BRAND_FILE, "accounts": [account]}],
        )
        settings = load_home(home, process={})
        with opened_store(settings) as store:
            work = build_work(settings, store, clock=box.clock, intervals=INTERVALS, models=(_Silent(), None))
            _until(work, box, story.end - story.start)
            billed = box.meter.bill("x")
            counts = store.periods.counts(BRAND, since=story.start - QUIET, until=box.clock.now())
            known = counts.outbound + counts.inbound  # the brand has one account
            _until(work, box, QUIET)
            quiet = box.meter.bill("x")["posts"] - billed["posts"]
    return {
        "posts": known,
        "billed": billed["posts"],
        "quiet": quiet,
        "dollars": billed["micro_dollars"] / 1e6,
    }


def _until(work: Work, box: Sandbox, length: timedelta) -> None:
    scheduler = Scheduler(work)
    scheduler.plan(box.clock.now())
    end = box.clock.now() + length
    while (due := work.queue.next_due()) and due < end:
        box.clock.set(max(due, box.clock.now()))
        scheduler.run_due(box.clock.now())
    box.clock.set(end)


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
