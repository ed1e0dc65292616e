"""The mail in a real browser, at the width of a phone and of a desk, in light and dark."""

from __future__ import annotations

import base64

import pytest
from axe_core_python.sync_playwright import Axe
from digest_scene import BERLIN, UNTIL, busy_day, link, quiet_day
from playwright.sync_api import Browser, Page
from test_digest_render import ATTACK, hostile

from bot.letters.alert import AlertInput, build_alert
from bot.letters.digest.build import build
from bot.letters.mail.render import render
from bot.letters.model import Letter

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
