"""CONTRIBUTING.md's recipe for a channel, followed to the letter with one that only the tests have: tests/pigeon/."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fault_stage import brand_file, make_home, working

from benchmarks import structure
from bot import channels
from bot.doctor import Soundness, examine
from bot.sandbox import Sandbox, SandboxClock, story_of, timeline
from bot.schedule import Scheduler
from bot.settings.starter import env_text
from bot.wiring import way_out

CARD = "Your card 4111 1111 1111 1111 has been charged, order {n}"
ENV = {"OVERSIGHT_PIGEON_LOFT": "loft", "OVERSIGHT_PIGEON_WHISTLE": "low-c-sharp"}


@pytest.fixture(autouse=True)
def _the_line_in_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "CHANNELS", {"pigeon": "pigeon", **channels.CHANNELS})


def test_the_daemon_sends_what_cannot_wait_by_it(tmp_path: Path) -> None:
    story = story_of(*timeline(1, text=CARD))
    with Sandbox(story, SandboxClock(story.start + timedelta(hours=1))) as box:
        home = make_home(tmp_path, {**box.environment(), **ENV}, brand_file())
        with working(home, box.clock) as work:
            scheduler = Scheduler(work)
            scheduler.plan(box.clock.now())
            scheduler.run_due(box.clock.now())
    scrolls = [path.read_text() for path in sorted((tmp_path / "loft").iterdir())]
    assert any("needs you now" in scroll for scroll in scrolls)
    assert not (tmp_path / "mail").exists(), "one channel takes each message"


def test_without_its_settings_the_next_one_takes_messages(tmp_path: Path) -> None:
    home = make_home(tmp_path, {}, brand_file(accounts=[]))
    assert way_out(home)[0].name == "files"


def test_the_settings_and_the_doctor_know_it(tmp_path: Path) -> None:
    assert "# --- Carrier pigeons ---\n# Folder of the loft\n# OVERSIGHT_PIGEON_LOFT=" in env_text()
    home = make_home(tmp_path, ENV, brand_file(accounts=[]))
    assert structure.recipes()["channel"] == ["bot/channels/__init__.py", ".env.example"]
    assert "low-c-sharp" in home.environment.secrets(), "the log blanks it"
    assert "low-c-sharp" not in repr(home.channels)
    found = {finding.what: finding for finding in examine(home.path)}["mail server"]
    assert (found.state, found.detail) == (Soundness.OK, f"Pigeons fly from {home.path / 'loft'}.")
    assert replace(found, mend="") == found
