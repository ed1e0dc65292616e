"""Reminders that the coming digest makes needless: it tells of the client, and no mail of its own does."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from watch_stage import Stage, plain, said, staged

from bot.sandbox import story_of

CAKE = said("cake", 0, "Nut free cookies all week!", author="examplebrand")
WHEN = said("when", 8, "When do you open on Sunday?", parent="cake")


def at(minute: int) -> str:
    return f"{story_of().start + timedelta(minutes=minute):%H:%M}"


def digests(stage: Stage) -> list[EmailMessage]:
    return [mail for mail in stage.mails(but="nothing") if mail not in stage.mails()]


def told(stage: Stage) -> list[datetime]:
    return [
        message.created_at
        for message in stage.work.store.outbox.find("example")
        if message.kind == "reminder"
    ]


def test_a_digest_that_comes_soon_tells_of_a_late_client_and_nothing_else_does(tmp_path: Path) -> None:
    with staged(tmp_path, CAKE, WHEN, digest={"times": [at(150)]}) as stage:
        stage.live(timedelta(hours=6))
        assert told(stage) == []
        (digest,) = stage.mails(but="reminder")
        assert "When do you open on Sunday?" in plain(digest)


def test_a_digest_that_comes_too_late_for_the_promise_does_not_hold_the_reminder(tmp_path: Path) -> None:
    with staged(tmp_path, CAKE, WHEN, digest={"times": [at(170)]}) as stage:
        stage.live(timedelta(hours=6))
        assert len(told(stage)) == 1


def test_who_has_no_place_in_the_digest_is_reminded_of_behind_it(tmp_path: Path) -> None:
    asked = [
        said(f"q{n}", 8 + n / 10, f"Do you have rye number {n}?", author=f"client{n}", parent="cake")
        for n in range(12)
    ]
    with staged(tmp_path, CAKE, *asked, digest={"times": [at(140)]}) as stage:
        stage.live(timedelta(hours=6))
        digest, reminder = sorted(
            stage.mails(but="nothing"), key=lambda mail: "clients" in str(mail["Subject"])
        )
        for number in range(12):
            assert (f"rye number {number}?" in plain(digest)) + (
                f"rye number {number}?" in plain(reminder)
            ) == 1


def test_who_needs_the_owner_at_night_is_told_of_when_the_brand_is_there_again(tmp_path: Path) -> None:
    start = story_of().start
    opens = start + timedelta(hours=10)
    hours = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), f"{opens:%H:%M}-23:59")
    mad = said("mad", 8, "This is awful, the cake was mouldy and nobody cares", parent="cake")
    with staged(tmp_path, CAKE, mad, hours=hours, digest={"times": [at(-60)]}) as stage:
        stage.live(timedelta(hours=13))
        assert [at >= opens for at in told(stage)] == [True]
