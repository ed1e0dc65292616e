"""A service that is killed fifty times leaves the same store and the same mails as one that is not."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fault_stage import content, make_home, sound

from bot.sandbox import Sandbox, replies, story_of, timeline
from bot.settings.home import load_home
from bot.wiring import opened_store

HERE = Path(__file__).parent
STAGES = ("pull", "check", "digest", "outbox")
KILLS, SEEDS = 3, range(5)  #: tries in each stage of a life, and lives: most of the sixty hit


def lived(home: Path, box: Sandbox, instants: list[datetime], *, kills: int, seed: int = 0) -> Counter[str]:
    """Let the victim live through the instants; how often it was killed, by stage."""
    arguments = [
        str(home),
        box.url("x"),
        json.dumps([i.isoformat() for i in instants]),
        str(kills),
        str(seed),
    ]
    done = subprocess.run(
        [sys.executable, str(HERE / "fault_victim.py"), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": f"{HERE.parents[1]}:{HERE}", "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["exit"] == 0
    return Counter(report["killed"])


def messages(home: Path) -> list[tuple[str, str, str, str]]:
    """Kind, key, state and Message-ID of everything in the outbox."""
    with sqlite3.connect(home / "oversight.db") as connection:
        rows = connection.execute("SELECT kind, key, state, body FROM outbox").fetchall()
    return [(kind, key, state, _id(bytes(body))) for kind, key, state, body in rows]


def _id(body: bytes) -> str:
    return next(line for line in body.splitlines() if line.lower().startswith(b"message-id")).decode()


def told(home: Path) -> list[tuple[str, str]]:
    """What people were to hear at once, and what became of the letter that tells it."""
    query = "SELECT a.fingerprint, o.state FROM alerts a LEFT JOIN outbox o ON o.id = a.message_id"
    with sqlite3.connect(home / "oversight.db") as connection:
        return sorted(connection.execute(query).fetchall())


def arrived(home: Path) -> Counter[str]:
    """Message-IDs that the mail server took in, with how often."""
    return Counter((home / "mails").read_text().splitlines())


@pytest.mark.fault(1, 2)
def test_fifty_kills_in_pull_judge_digest_and_alert_change_nothing(tmp_path: Path) -> None:
    text = "Post {n}. Your card 4111 1111 1111 1111, exp 12/27, was charged."
    posts = timeline(60, every=timedelta(minutes=9), text=text)
    story = story_of(*posts, *replies(10, to=posts[0], every=timedelta(minutes=31)))
    calm, kills = tmp_path / "calm", Counter[str]()
    with Sandbox(story) as box:
        # The box stands still at the story's end: what is served does not depend on when a child was killed.
        instants = [story.end + timedelta(minutes=20) + timedelta(hours=12) * n for n in range(9)]
        make_home(calm, box.environment())
        assert lived(calm, box, instants, kills=0) == {}
        for seed in SEEDS:
            killed = tmp_path / f"killed{seed}"
            make_home(killed, box.environment())
            kills += lived(killed, box, instants, kills=KILLS, seed=seed)
            assert sound(killed / "oversight.db")
            _same_store(calm, killed)
            _same_mails(calm, killed)
            with opened_store(load_home(killed, process={})) as store:
                assert store.audit.verify() > 0
    assert kills.total() >= 50, "each hit a living child in that stage"
    assert all(kills[stage] >= 10 for stage in STAGES)


def _same_store(calm: Path, killed: Path) -> None:
    expected, found = content(calm / "oversight.db"), content(killed / "oversight.db")
    assert len(expected["posts"]) == 70
    assert len(expected["digests"]) >= 4
    for table, rows in expected.items():
        assert rows, f"the lived time must put something into {table}"
        assert found[table] == rows, table


def _same_mails(calm: Path, killed: Path) -> None:
    """Every alert arrives; a digest arrives once, save where nobody can say and the store says so."""
    expected, found = told(calm), told(killed)
    assert expected
    assert {state for _, state in expected} == {"sent"}
    assert found == expected
    mails = arrived(killed)
    of_calm = {key: name for kind, key, _, name in messages(calm) if kind == "digest"}
    digests = {key: (state, name) for kind, key, state, name in messages(killed) if kind == "digest"}
    assert {key: name for key, (_, name) in digests.items()} == of_calm
    assert all(arrived(calm)[name] == 1 for name in of_calm.values())
    for state, name in digests.values():
        assert state in {"sent", "uncertain"}
        assert mails[name] == 1 or (state == "uncertain" and mails[name] == 0)
    for kind, _, state, name in messages(killed):
        if kind != "digest":
            assert (state, mails[name] >= 1) == ("sent", True), kind
    letters = Counter(name for kind, _, _, name in messages(killed) if kind != "digest")
    assert sum(mails[name] - 1 for name in letters) <= KILLS, "only what a kill cut short went out again"
    assert set(mails) == {name for _, _, _, name in messages(killed)} - _lost(digests, mails)


def _lost(digests: dict[str, tuple[str, str]], mails: Counter[str]) -> set[str]:
    return {name for state, name in digests.values() if state == "uncertain" and not mails[name]}
