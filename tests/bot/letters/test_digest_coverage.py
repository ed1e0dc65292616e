"""What the digest says of what was not seen, and of money."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from build_stage import section
from digest_scene import UNTIL, busy_day, link, quiet_day

from bot.letters.digest.build import build
from bot.words import knows
from policies.model.coverage import Unchecked, Why
from policies.model.keys import AccountKey, StreamKey
from storage.views import StreamHealth

ROOT = Path(__file__).parents[3]


BREAD = StreamKey(account=AccountKey(platform="x", handle="bread"), stream="own")


def test_an_account_that_fails_is_never_a_quiet_day() -> None:
    failing = StreamHealth(
        stream=StreamKey(account=AccountKey(platform="reddit", handle="bread"), stream="own"),
        complete_at=UNTIL - timedelta(hours=1),
        failing_since=UNTIL - timedelta(minutes=30),
        error="Reddit did not answer.",
    )
    letter = build(replace(quiet_day(), health=(failing,)), link)
    assert "quiet" not in letter.subject
    assert "1 account not read" in letter.subject
    assert "could not be fully read" in letter.summary
    assert section(letter, "What we did not see").entries[0].title == "Not up to date: u/bread on Reddit"


@pytest.mark.parametrize("complete_at", [None, UNTIL - timedelta(hours=7)])
def test_a_stream_that_went_silent_without_an_error_is_told(complete_at: datetime | None) -> None:
    silent = StreamHealth(
        stream=BREAD,
        complete_at=complete_at,
        failing_since=None,
        error=None,
    )
    assert "1 account not read" in build(replace(quiet_day(), health=(silent,)), link).subject


def test_two_silent_streams_of_one_account_are_told_as_one_by_the_older() -> None:
    streams = tuple(
        StreamHealth(
            stream=replace(BREAD, stream=name),
            complete_at=UNTIL - timedelta(hours=hours),
            failing_since=None,
            error=None,
        )
        for name, hours in (("own", 8), ("mentions", 20))
    )
    (entry,) = section(build(replace(quiet_day(), health=streams), link), "What we did not see").entries
    assert entry.lines[0] == "Last read in full Thu 19 Nov, 22:00."


def test_one_account_with_two_causes_is_told_once_in_the_count() -> None:
    note = Unchecked(why=Why.BUDGET_SPENT, platform="x", account="bread", detail="The budget is used up.")
    stuck = StreamHealth(
        stream=BREAD,
        complete_at=None,
        failing_since=UNTIL,
        error="budget",
    )
    letter = build(replace(quiet_day(), unchecked=(note,), health=(stuck,)), link)
    assert "1 account not read" in letter.subject
    (entry,) = section(letter, "What we did not see").entries
    assert entry.title == "Reading budget used up: @bread on X"


def test_a_language_not_read_is_said_without_alarm() -> None:
    notes = tuple(
        Unchecked(why=why, platform="x", account="bread", detail="Two posts.", count=2)
        for why in (Why.LANGUAGE, Why.PICTURES)
    )
    letter = build(replace(quiet_day(), unchecked=notes), link)
    assert "quiet day" in letter.subject
    assert section(letter, "In short").notes == (
        "Seen, but not judged in full: a language we do not read (2); pictures we could not read (2).",
    )


def test_a_note_is_told_by_its_code_and_one_from_before_as_it_was() -> None:
    window = Unchecked(why=Why.GAP, platform="x", account="bread", code="window", parts={"most": 3200})
    before = Unchecked(why=Why.GAP, platform="x", account="bread", detail="Two hours are {lost}.")
    letter = build(replace(quiet_day(), unchecked=(window, before)), link)
    assert [entry.lines[0] for entry in section(letter, "What we did not see").entries] == [
        "X serves only the newest 3,200 posts of this list; older ones were not read.",
        "Two hours are {lost}.",
    ]


def test_every_code_of_a_note_has_its_sentence() -> None:
    """Codes stand in calls of `Unchecked` and of the helpers that make one, behind why nothing was checked."""
    files = [path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py")]
    source = "".join(text for text in files if "Unchecked" in text)
    named = set(re.findall(r'\bcode="([a-z-]+)"', source))
    named |= set(re.findall(r'_note\((?:stored, )?Why\.\w+, "([a-z-]+)"', source))
    assert {"window", "language", "withheld", "empty-list"} <= named
    assert {code for code in named if not knows(f"unchecked.{code}")} == set()


def test_money_close_to_the_budget_is_said() -> None:
    assert section(build(busy_day(), link), "In short").notes[-1] == (
        "Reading the platforms has cost $8.42 so far this month. "
        "Close to the budget: @goldencrust on X. Reading stops before it is passed."
    )
