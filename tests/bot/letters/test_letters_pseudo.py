"""The mails in a language that nobody speaks: nothing stays English, and longer words fit the phone."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from client_scene import client
from digest_scene import BERLIN, DAYS, UNTIL, link, post
from mail_reading import Page, parsed
from playwright.sync_api import Browser
from pseudo import PSEUDO, speak_pseudo, untranslated
from test_digest_render import hostile

from bot.errors import AccountUnreachable
from bot.letters.alert import AlertInput, build_alert
from bot.letters.digest.build import build
from bot.letters.mail.outgoing import out_message
from bot.letters.mail.render import render
from bot.letters.model import DigestInput, Figures, Letter, RuleRecord
from bot.letters.notice import NoticeInput, build_notice
from bot.words import speaking
from policies.checks.means import KNOWN
from policies.model.cases.flagged import FLAGGED, FlaggedState
from policies.model.coverage import Unchecked, Why
from policies.model.finding import Severity
from policies.model.keys import AccountKey, StreamKey
from policies.threads.conversations import Concern
from storage.views import CaseView, StreamHealth

pytestmark = pytest.mark.browser
WORD = "Слово за словом"  # whatever others write, in letters that are not ours
#: what notes say: a sentence from before codes, what a platform did with what mends it, and a note with a number
SAID = (
    {"detail": WORD},
    {"code": "in-trouble", "parts": {"said": "нет", "mend": "again"}},
    {"code": "window", "parts": {"most": 3200}},
)
CLIENTS = [
    *((reason, Severity.BREACH) for reason in Concern),
    (Concern.DANGER, Severity.CRITICAL),
    (Concern.LATE, Severity.WARN),
]
DATA = frozenset(re.findall(r"\w+", "https shop.example desk queue case Reddit Berlin"))


@pytest.fixture(autouse=True)
def pseudo(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    speak_pseudo(monkeypatch, tmp_path)
    with speaking(PSEUDO):
        yield


def busy() -> DigestInput:
    """Something in every part of the digest."""
    last = post(7, WORD, author=WORD)
    return replace(
        hostile(WORD),
        cases=(
            *hostile(WORD).cases,
            *(
                client(20 + n, last, reason, severity=severity)
                for n, (reason, severity) in enumerate(CLIENTS)
            ),
        ),
        settled=(client(40, last, Concern.DANGER, severity=Severity.CRITICAL),),
        unchecked=tuple(
            Unchecked(why=why, platform="x", account="слово", **said, count=2, since=UNTIL)  # type: ignore[arg-type]
            for why, said in zip(Why, itertools.cycle(SAID), strict=False)
        ),
        health=(_failing(),),
        rules=(RuleRecord(title=WORD, right=1, wrong=5, ever=9, wrong_ever=8, cries_wolf=True),),
        days=DAYS,
    )


def _failing() -> StreamHealth:
    failed = AccountUnreachable("in-trouble", site="X", said="нет", mend="again")
    return StreamHealth(
        stream=StreamKey(account=AccountKey(platform="x", handle="слово-два"), stream="own"),
        complete_at=None,
        failing_since=UNTIL,
        error=str(failed),
        code=failed.code,
        parts=failed.parts,
    )


def quiet(figures: Figures) -> DigestInput:
    given = busy()
    return DigestInput(
        brand=WORD, owner=WORD, zone=BERLIN, since=given.since, until=given.until, figures=figures
    )


def in_state(view: CaseView, state: FlaggedState) -> CaseView:
    return replace(view, case=replace(view.case, state=state))


def in_every_hand() -> DigestInput:
    """A case in each state in which something is said."""
    given = busy()
    cases = tuple(in_state(given.cases[0], state) for state in FlaggedState if state not in FLAGGED.unsaid)
    return replace(given, cases=cases)


def asking(*topics: str) -> DigestInput:
    """Nothing but questions, one of each topic."""
    given, (view, *_) = quiet(Figures(published=3)), busy().cases
    found = [replace(view.findings[0].finding, topic=topic, question=True) for topic in topics]
    asked = [
        replace(
            in_state(view, FlaggedState.ASKED),
            findings=(replace(view.findings[0], finding=one, gone_at=None),),
        )
        for one in found
    ]
    return replace(given, questions=tuple(asked), questions_older=3)


def alert(cases: int) -> Letter:
    given = AlertInput(brand=WORD, owner=WORD, zone=BERLIN, now=UNTIL, cases=busy().cases * cases, link=link)
    return build_alert(given)


def notice() -> Letter:
    given = NoticeInput(
        brand=WORD,
        owner=WORD,
        person=WORD,
        zone=BERLIN,
        now=UNTIL,
        cases=busy().cases,
        waiting=3,
        link=link,
    )
    return build_notice(given)


LETTERS: dict[str, Callable[[], Letter]] = {
    "busy": lambda: build(busy(), link),
    "every-hand": lambda: build(in_every_hand(), link),
    "questions": lambda: build(asking(*KNOWN, "another"), link),
    "older-questions": lambda: build(asking(), link),
    "quiet": lambda: build(
        quiet(Figures(published=3, inbound=2, answered=1, median_answer=timedelta(days=3))), link
    ),
    "remarks": lambda: build(quiet(Figures(published=1, flagged=1, settled=1, in_owners_name=1)), link),
    "week": lambda: build(
        replace(quiet(Figures(published=1)), days=DAYS, until=UNTIL + timedelta(days=3)), link
    ),
    "new": lambda: build(
        replace(in_every_hand(), since=UNTIL - timedelta(days=1), health=(), unchecked=()), link
    ),
    "older": lambda: build(replace(in_every_hand(), since=UNTIL - timedelta(hours=1) / 2, health=()), link),
    "silent": lambda: build(quiet(Figures(inbound=1)), link),
    "alert": lambda: alert(1),
    "alerts": lambda: alert(12),
    "notice": notice,
}


@pytest.mark.parametrize("name", LETTERS)
def test_every_mail_is_translated_and_longer_words_fit_the_phone(name: str, chromium: Browser) -> None:
    letter = LETTERS[name]()
    shown = render(letter)
    html = Page(shown.html)
    heard = [letter.chart.alt] if letter.chart else []
    for said in (shown.subject, html.text, re.sub(r"https?://\S+", "", shown.text), *heard):
        assert untranslated(said, DATA) == set()
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    page.set_content(shown.html)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()


def test_the_envelope_names_the_language() -> None:
    message = out_message(
        LETTERS["quiet"](), kind="digest", cause="c", at=UNTIL, sender="a@shop.example", sender_name=WORD,
        recipients=("b@shop.example",), brand_id="bakery",
    )  # fmt: skip
    mail = parsed(message.body)
    assert mail["Content-Language"] == PSEUDO
    assert untranslated(mail["From"].addresses[0].display_name, DATA) == set()
