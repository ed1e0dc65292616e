"""A poll that is killed at random points leaves the same store as one that is not (docs/faults.md, 1 and 2)."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fault_stage import content, make_home, sound

from bot.sandbox import Sandbox, replies, story_of, timeline
from bot.settings.home import load_home
from bot.wiring import opened_store

HERE = Path(__file__).parent
KILLS = 50


def lived(home: Path, box: Sandbox, instants: list[datetime], *, kills: int) -> dict[str, int]:
    """Let the victim live through the instants; its own report."""
    arguments = [str(home), box.url("x"), json.dumps([i.isoformat() for i in instants]), str(kills), "7"]
    done = subprocess.run(
        [sys.executable, str(HERE / "fault_victim.py"), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": f"{HERE.parents[1]}:{HERE}", "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    report: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    return report


@pytest.mark.fault(1, 2)
def test_fifty_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    posts = timeline(
        260, every=timedelta(minutes=9), text="Post {n}. Please send us your card number and the CVV here."
    )
    story = story_of(*posts, *replies(60, to=posts[0], every=timedelta(minutes=31)))
    with Sandbox(story) as box:
        # The box stands still at the story's end: what is served does not depend on when a child was killed.
        instants = [story.end + timedelta(minutes=20) * n for n in range(1, 90, 4)]
        killed, calm = tmp_path / "killed", tmp_path / "calm"
        env = box.environment()
        for home in (killed, calm):
            make_home(home, env)
        assert lived(calm, box, instants, kills=0)["exit"] == 0
        report = lived(killed, box, instants, kills=KILLS)
    assert report == {"killed": KILLS, "exit": 0}
    assert sound(killed / "oversight.db")
    expected, found = content(calm / "oversight.db"), content(killed / "oversight.db")
    assert len(expected["posts"]) == 320
    assert found == expected
    for table in ("findings", "cases", "charges", "cursors", "digests", "outbox"):
        assert expected[table], f"the lived time must put something into {table}"
    mails = [(home / "mails").read_text().split("\n")[:-1] for home in (killed, calm)]
    assert set(mails[0]) <= set(mails[1])
    digests = [line for line in mails[0] if line]
    assert len(digests) == len(set(digests)), "no mail went out twice"
    with opened_store(load_home(killed, process={})) as store:
        assert store.audit.verify() > 0
