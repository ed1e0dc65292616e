"""What cannot wait: critical findings are mailed at once, grouped, each once, and each link has one reader."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from fault_stage import KeptMail, brand_file, make_home, working

from bot.jobs.work import Work
from bot.sandbox import Sandbox, SandboxClock, story_of, timeline
from bot.schedule import Scheduler
from policies.model.cases.flagged import FlaggedAction

CARD = "Your card 4111 1111 1111 1111 has been charged, order {n}"
PEOPLE = [
    {"id": "owner", "name": "Olive", "role": "owner", "email": "olive@example.org"},
    {"id": "second", "name": "Otto", "role": "owner", "email": "otto@example.org"},
    {"id": "agency", "name": "Ann", "role": "agency", "email": "ann@example.org"},
]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[tuple[Work, KeptMail, Sandbox, Scheduler]]:
    """Three posts that each hold a card number, an hour apart, and a daemon that has seen two of them."""
    story = story_of(*timeline(3, every=timedelta(hours=1), text=CARD))
    with Sandbox(story, SandboxClock(story.start + timedelta(minutes=61))) as box:
        env = box.environment()
        home, mail = make_home(tmp_path, env, brand_file(people=PEOPLE)), KeptMail()
        with working(home, box.clock, channel=mail) as work:
            scheduler = Scheduler(work)
            scheduler.plan(box.clock.now())
            scheduler.run_due(box.clock.now())
            yield work, mail, box, scheduler


def subjects(mail: KeptMail, reader: str) -> list[str]:
    """Subjects of what one reader got, in order."""
    parsed = [message_from_bytes(body, policy=policy.default) for body in mail.sent]
    return [str(message["Subject"]) for message in parsed if reader in str(message["To"])]


def test_two_critical_posts_make_one_alert_for_each_reader(
    stage: tuple[Work, KeptMail, Sandbox, Scheduler],
) -> None:
    _, mail, _, _ = stage
    for reader in ("olive@example.org", "otto@example.org"):
        assert len(subjects(mail, reader)) == 1
        assert "need you now" in subjects(mail, reader)[0]
    assert len(subjects(mail, "ann@example.org")) == 1
    assert "your answer" in subjects(mail, "ann@example.org")[0]


def test_no_mail_repeats_a_card_number(stage: tuple[Work, KeptMail, Sandbox, Scheduler]) -> None:
    _, mail, _, _ = stage
    parts = [part for body in mail.sent for part in message_from_bytes(body, policy=policy.default).walk()]
    texts = [str(part.get_content()) for part in parts if part.get_content_maintype() == "text"]
    assert any("•••• •••• •••• 1111" in text for text in texts)
    assert not [text for text in texts if "4111" in text]


def test_nothing_is_mailed_twice_and_a_new_find_is_mailed_at_once(
    stage: tuple[Work, KeptMail, Sandbox, Scheduler],
) -> None:
    _, mail, box, scheduler = stage
    box.clock.advance(timedelta(minutes=30))
    scheduler.run_due(box.clock.now())
    assert len(subjects(mail, "olive@example.org")) == 1
    box.clock.advance(timedelta(hours=1))
    scheduler.run_due(box.clock.now())
    assert len(subjects(mail, "olive@example.org")) == 2


def test_no_two_readers_share_a_link(stage: tuple[Work, KeptMail, Sandbox, Scheduler]) -> None:
    _, mail, _, _ = stage
    tokens: list[set[str]] = []
    for body in mail.sent:
        part = message_from_bytes(body, policy=policy.default).get_body(("plain",))
        assert part is not None
        tokens.append({word for word in part.get_content().split() if "/l/" in word})
    assert all(tokens)
    assert len(set.union(*tokens)) == sum(map(len, tokens))


def test_a_fix_is_believed_when_the_platform_shows_it(
    stage: tuple[Work, KeptMail, Sandbox, Scheduler],
) -> None:
    work, _, box, scheduler = stage
    agency = next(p for p in work.store.brands.people("example") if p.id == "agency")
    case = work.store.cases.find("example")[0].case
    work.store.cases.act(
        "example", case.id, FlaggedAction.CLAIM_FIX, person=agency, note="", now=box.clock.now()
    )
    box.clock.advance(timedelta(hours=2))
    scheduler.run_due(box.clock.now())
    again = work.store.cases.get("example", case.id).case
    assert not again.closed, "words alone close nothing"
    assert again.waits_for == "agency", "it was looked at, and still stands as it was"
