"""The demo's bad day, from the platforms to the owner's phone: told at once, then at the head of the digest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from bot.connectors.loopback.story import Story
from bot.demo.exhibits import subject_of
from bot.demo.stage import BRAND, arrived, staged, turn_the_clock
from bot.letters.digest.room import SCREEN
from bot.letters.mail.files import write_parts
from bot.sandbox import load_story
from storage.views import OutMessage

pytestmark = pytest.mark.browser
BITTEN = datetime(2026, 11, 5, 17, 57, tzinfo=UTC)  #: "my son's lip swelled up", 12:57 by the bakery's clock
OWNER = "maya@juniperandrye.example.com"


def the_day() -> Story:
    """The story's Thursday alone."""
    whole = load_story(BRAND)
    start, end = (datetime(2026, 11, day, 5, tzinfo=UTC) for day in (5, 6))
    return replace(
        whole, start=start, end=end, events=tuple(one for one in whole.events if start <= one.at < end)
    )


@pytest.fixture(scope="module")
def mails(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[OutMessage]]:
    """What the owner got on that day, oldest first."""
    with staged(tmp_path_factory.mktemp("demo"), story=the_day()) as demo:
        turn_the_clock(demo, lambda _: None)
        yield [one for one in arrived(demo) if OWNER in one.recipients]


def text_of(mail: OutMessage) -> str:
    parsed = message_from_bytes(mail.body, EmailMessage, policy=policy.default)
    body = parsed.get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().replace("|", " ").split())


def digest_of(mails: list[OutMessage]) -> OutMessage:
    return next(one for one in mails if one.kind == "digest")


def test_the_owner_hears_of_the_swollen_lip_within_minutes(mails: list[OutMessage]) -> None:
    at_once = [one for one in mails if one.kind != "digest" and "lip swelled up" in text_of(one)]
    assert at_once
    assert at_once[0].created_at - BITTEN < timedelta(minutes=10)


def test_the_digest_is_headed_by_it_with_what_the_agency_said(mails: list[OutMessage]) -> None:
    digest = digest_of(mails)
    assert "urgent" in subject_of(digest.body)
    assert "lip swelled up" in subject_of(digest.body)
    text = text_of(digest)
    head = text.partition("NEW FOR YOU")[0]
    assert "nobody has settled this since Thu 5 Nov, 12:57" in head
    assert "He is home and watching cartoons" in head
    assert "We're sorry you feel that way" in head
    assert "Marcus, this is Maya" in head
    for cheerful in ("typical", "well done", "sounded pleased"):
        assert cheerful not in text


def test_the_digest_of_the_bad_day_is_three_screens(
    mails: list[OutMessage], chromium: Browser, tmp_path: Path
) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 100})
    for mail in mails:
        html = next(path for path in write_parts(mail.body, tmp_path) if path.suffix == ".html")
        page.goto(html.as_uri())
        assert page.evaluate("document.documentElement.scrollHeight") <= 3 * SCREEN, mail.kind
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()
