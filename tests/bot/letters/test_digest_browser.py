"""The mail in a real browser, at the width of a phone and of a desk, in light and dark."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from axe_core_python.sync_playwright import Axe
from client_scene import client
from digest_scene import BERLIN, UNTIL, a_monday, busy_day, case, finding, link, post, quiet_day
from playwright.sync_api import Browser, Page
from test_digest_render import ATTACK, hostile

from bot.letters.alert import AlertInput, build_alert
from bot.letters.digest.build import build
from bot.letters.digest.room import SCREEN, bare, entry_height
from bot.letters.mail.render import render
from bot.letters.model import DigestInput, Letter
from policies.model.cases.flagged import FlaggedState
from policies.model.cases.machinery import WaitsFor
from policies.model.coverage import Unchecked, Why
from policies.model.finding import Severity

#: rules of whole web pages that a mail, which mail programs put into a page of theirs, cannot keep
NOT_FOR_MAIL = {"region": {"enabled": False}, "landmark-one-main": {"enabled": False}}

pytestmark = pytest.mark.browser


@pytest.fixture
def browser(chromium: Browser) -> Browser:
    return chromium


def alert_letter() -> Letter:
    busy = busy_day()
    return build_alert(
        AlertInput(brand=busy.brand, owner=busy.owner, zone=BERLIN, now=UNTIL, cases=busy.cases, link=link)
    )


LETTERS = {
    "busy": build(busy_day(), link),
    "quiet": build(quiet_day(), link),
    "week": build(a_monday(), link),
    "alert": alert_letter(),
    "hostile": build(hostile(ATTACK), link),
    "unbroken": build(hostile("W" * 100_000), link),
}


def opened(browser: Browser, name: str, width: int, scheme: str) -> Page:
    shown = render(LETTERS[name])
    html = shown.html
    if shown.chart:
        html = html.replace("cid:days", "data:image/png;base64," + base64.b64encode(shown.chart).decode())
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page.set_content(html)
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 800])
@pytest.mark.parametrize("name", list(LETTERS))
def test_it_fits_can_be_read_and_pressed(browser: Browser, name: str, width: int, scheme: str) -> None:
    page = opened(browser, name, width, scheme)
    try:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        sizes = page.eval_on_selector_all(
            "a", "all => all.map(a => a.getBoundingClientRect()).map(r => [r.width, r.height])"
        )
        assert sizes
        assert min(min(size) for size in sizes) >= 44
        page.evaluate(Axe().axe_script)
        found = page.evaluate("rules => axe.run({rules})", NOT_FOR_MAIL)
        assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]] == []
    finally:
        page.close()


def test_dark_is_dark_and_light_is_light(browser: Browser) -> None:
    shades = {}
    for scheme in ("light", "dark"):
        page = opened(browser, "busy", 375, scheme)
        shades[scheme] = page.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor")
        page.close()
    assert shades == {"light": "rgb(255, 255, 255)", "dark": "rgb(30, 35, 39)"}


def test_the_preheader_is_hidden(browser: Browser) -> None:
    page = opened(browser, "busy", 375, "light")
    assert not page.locator(".preheader").is_visible()
    page.close()


@pytest.mark.fault(21)
def test_an_attack_does_nothing_and_asks_the_network_for_nothing(browser: Browser) -> None:
    happened: list[str] = []
    page = browser.new_page()
    page.on("dialog", lambda dialog: (happened.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: happened.append(request.url))
    page.on("console", lambda message: happened.append(message.text))
    page.set_content(render(LETTERS["hostile"]).html)
    page.wait_for_timeout(300)
    assert happened == []
    assert page.locator("script, img, iframe, form").count() == 0
    page.close()


def height(browser: Browser, letter: Letter) -> int:
    """How far one scrolls, on a phone."""
    shown = render(letter)
    page = browser.new_page(viewport={"width": 390, "height": 100})
    picture = base64.b64encode(shown.chart or b"").decode()
    page.set_content(shown.html.replace("cid:days", "data:image/png;base64," + picture))
    found: int = page.evaluate("document.documentElement.scrollHeight")
    page.close()
    return found


def worst_day() -> DigestInput:
    """More of everything than the digest shows, each of it long."""
    one = post(
        1, "We will pay everybody’s medical bills and refund every loaf twice over, word of honour. " * 5
    )
    many = [
        case(n, one, finding(one, "refund every loaf", severity, title="Promises what only you may promise, twice",
                             suggest="Say that you will look into it and reply by a named time. " * 2),
             state=FlaggedState.DISPUTED, note="We cleared this with your colleague on the phone. " * 4)
        for n, severity in enumerate([Severity.CRITICAL] * 6 + [Severity.BREACH] * 12)
    ]  # fmt: skip
    waits = [
        client(
            60 + n,
            post(40 + n, "Nobody answers me. " * 30, author="ines.w"),
            severity=Severity.CRITICAL if n < 3 else Severity.BREACH,
            answer=post(80 + n, "We value your feedback. " * 20),
        )
        for n in range(9)
    ]
    unread = [Unchecked(why=Why.GAP, platform="x", account="goldencrust", detail="It broke. " * 9)] * 5
    return replace(busy_day(), cases=(*waits, *many), case_counts={}, unchecked=tuple(unread))


@pytest.mark.parametrize(
    ("name", "given", "screens"),
    [
        ("quiet", quiet_day(), 1),
        (
            "quiet, with old cases",
            replace(quiet_day(), case_counts={WaitsFor.OWNER: 7, WaitsFor.AGENCY: 40}),
            1,
        ),
        ("quiet, a new week", a_monday(), 1),
        ("busy", busy_day(), 3),
        ("worst", worst_day(), 3),
    ],
)
def test_a_quiet_day_is_one_screen_and_the_worst_three(
    browser: Browser, name: str, given: DigestInput, screens: int
) -> None:
    letter = build(given, link)
    found = height(browser, letter)
    assert found <= screens * SCREEN, name
    entries = [entry for section in letter.sections for entry in section.entries]
    guessed = bare(letter) + sum(entry_height(entry) for entry in entries)
    assert found <= guessed <= found * 1.15
    assert len(render(letter).text.splitlines()) <= screens * 40, name
