"""One entry that cannot be written is a line in a letter, never its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from build_stage import section
from client_scene import UNTIL, client
from digest_scene import BERLIN, busy_day, case, finding, link, post, quiet_day

from bot.letters.alert import AlertInput, build_alert
from bot.letters.digest import build as digest_build
from bot.letters.digest.build import build
from bot.letters.mail.render import render
from bot.letters.model import Letter
from bot.letters.notice import NoticeInput, build_notice
from bot.letters.urgent.crisis import build_crisis
from bot.letters.urgent.reminder import build_reminder
from bot.words import figures
from policies.model.finding import Severity
from storage.views import CaseView

pytestmark = pytest.mark.usefixtures("quiet")

TOLD = "Case 66 cannot be shown here."


def broken(severity: Severity = Severity.CRITICAL) -> CaseView:
    """A case whose post has an author of whom nothing can be said."""
    good = post(66, "x")
    bad = replace(good, author=cast("Any", 7))
    return replace(case(66, good, finding(good, "x", severity)), post=bad)


def broken_client() -> CaseView:
    view = client(66, post(66, "x", author="jo"))
    assert view.conversation
    return replace(
        view,
        conversation=replace(
            view.conversation, latest=replace(view.conversation.latest, text=cast("Any", 7))
        ),
    )


def _alert(build_one: Callable[[AlertInput], Letter], *cases: CaseView) -> Letter:
    given = AlertInput(brand="Crust", owner="Marta", zone=BERLIN, now=UNTIL, cases=cases, link=link)
    return build_one(given)


@pytest.mark.parametrize("severity", [Severity.CRITICAL, Severity.BREACH])
def test_a_digest_goes_on_after_a_case_that_cannot_be_written(severity: Severity) -> None:
    day = busy_day()
    letter = build(replace(day, cases=(broken(severity), *day.cases[:3])), link)
    shown = render(letter)
    titles = [entry.title for part in letter.sections for entry in part.entries]
    assert any(title.startswith(TOLD) for title in titles), titles
    assert TOLD in shown.text
    assert "Claims that food heals" in shown.html
    assert "desk.66" in shown.html, "the way to it"


def test_letters_at_once_go_on_after_a_client_who_cannot_be_shown() -> None:
    fine = client(5, post(5, "My son's lip is swollen", author="ines"))
    for build_one in (build_alert, build_reminder):
        text = render(_alert(build_one, broken_client(), fine)).text
        assert TOLD in text
        assert "swollen" in text
    text = render(_alert(lambda given: build_crisis(given, ()), broken_client(), fine)).text
    assert TOLD in text
    assert "swollen" in text


def test_a_notice_goes_on_after_a_case_that_cannot_be_written() -> None:
    refund = post(1, "We refund everything")
    given = NoticeInput(
        brand="Crust", owner="Marta", person="Kit", zone=BERLIN, now=UNTIL,
        cases=(broken(), case(1, refund, finding(refund, "refund"))), waiting=2, link=link,
    )  # fmt: skip
    text = render(build_notice(given)).text
    assert TOLD in text
    assert "refund everything" in text.replace("*", "")


def test_a_part_of_the_digest_that_cannot_be_written_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OverflowError("date value out of range")

    monkeypatch.setattr(digest_build, "notes", fails)
    letter = build(quiet_day(), link)
    assert section(letter, "In short").notes[0].startswith("This part could not be written")
    assert "Rye sourdough" in render(letter).text


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/New_York"])
@pytest.mark.parametrize("at", [datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)])
def test_times_at_the_ends_of_the_calendar_have_words(at: datetime, zone: str) -> None:
    shown = figures.when(at, ZoneInfo(zone))
    assert str(at.year) in shown
    assert figures.moment(at, ZoneInfo(zone))
