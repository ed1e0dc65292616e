"""The pages in a real Chromium, served by the real server on loopback."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from axe_core_python.sync_playwright import Axe
from browser_stage import DESKTOP, PHONE, SMALL, seeded
from web_seed import ANNA, BRAND, KIT, flagged, post, save, url_for

from bot.links import Purpose
from policies.model.cases.flagged import FlaggedState

pytestmark = pytest.mark.browser
WIDTHS = pytest.mark.parametrize("size", [SMALL, PHONE, DESKTOP], ids=["320", "390", "1280"])


def pages_of(live: Any, numbers: dict[str, int]) -> list[tuple[str, str, str]]:
    """(name, link to come in by, address behind it) of every page."""
    kit, anna = (url_for(live.links, *who) for who in ((KIT, Purpose.QUEUE), (ANNA, Purpose.DESK)))
    one = url_for(live.links, ANNA, Purpose.CASE, case=numbers["urgent"])
    queue, desk = "/queue/lumen", "/desk/lumen"
    return [
        ("queue", kit, queue),
        ("queue-closed", kit, f"{queue}?show=nobody"),
        ("queue-empty", kit, f"{queue}?show=platform"),
        ("queue-case", kit, f"{queue}/case/{numbers['urgent']}"),
        ("queue-edited", kit, f"{queue}/case/{numbers['edited']}"),
        ("queue-disputed", kit, f"{queue}/case/{numbers['rude']}"),
        ("queue-thanks", kit, f"{queue}/case/{numbers['urgent']}?done={numbers['rude']}"),
        ("desk", anna, desk),
        ("desk-case", anna, f"{desk}/case/{numbers['rude']}"),
        ("desk-closed", anna, f"{desk}/case/{numbers['settled']}"),
        ("desk-status", anna, f"{desk}/status"),
        ("one-case", one, f"/case/lumen/{numbers['urgent']}"),
        ("refused", kit, "/l/rubbish"),
        ("front", kit, "/"),
    ]


def kept(page: Any, name: str, tmp_path: Path) -> None:
    """A picture of the page, where somebody wants to look at it."""
    folder = Path(os.environ.get("OVERSIGHT_SCREENSHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(folder / f"{name}.png"), full_page=True)


@WIDTHS
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible_and_fits(
    live: Any, browse: Any, size: dict[str, int], scheme: str, tmp_path: Path
) -> None:
    numbers, page = seeded(live), browse(size, color_scheme=scheme)
    complaints: list[str] = []
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    for name, link, path in pages_of(live, numbers):
        page.goto(link)
        page.goto(live.base + path)
        kept(page, f"{name}-{size['width']}-{scheme}", tmp_path)
        found = Axe().run(page)["violations"]
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
    assert [text for text in complaints if "403" not in text] == []


def test_nothing_is_cut_off_on_the_smallest_phone(live: Any, browse: Any) -> None:
    save(live.store, [post(1, "hello", author_name="W" * 80)])
    number = flagged(live.store, post(2, "w" * 900 + " guarantee", thread="1"), "guarantee", title="T" * 90)
    page = browse({"width": 320, "height": 568})
    page.goto(url_for(live.links, KIT, Purpose.QUEUE))
    for path in ("", f"/case/{number}"):
        page.goto(f"{live.base}/queue/lumen{path}")
        assert page.evaluate("document.documentElement.scrollWidth") == 320


TARGETS = """() => [...document.querySelectorAll('a, button, summary, textarea, label.choice')]
  .filter(one => !one.closest('.media') && !one.matches('.skip') && one.offsetParent)
  .map(one => {
    const cover = one.closest('.card') || one, box = cover.getBoundingClientRect();
    return [one.textContent.trim().slice(0, 40), Math.round(box.width), Math.round(box.height)];
  }).filter(([_, width, height]) => width < 44 || height < 44)"""


def test_everything_to_tap_is_large_enough(live: Any, browse: Any) -> None:
    numbers, page = seeded(live), browse(PHONE)
    for name, link, path in pages_of(live, numbers):
        page.goto(link)
        page.goto(live.base + path)
        assert page.evaluate(TARGETS) == [], name


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts on", "scripts off"])
def test_the_agency_answers_and_the_owner_decides(live: Any, browse: Any, scripts: bool) -> None:
    numbers = seeded(live)
    agency = browse(PHONE, java_script_enabled=scripts)
    agency.goto(url_for(live.links, KIT, Purpose.QUEUE))
    agency.get_by_role("link", name="Promises a refund").click()
    agency.get_by_label("In your own words").fill("I wanted to calm her down.\nIt was late.")
    agency.get_by_role("button", name="Explain").click()
    assert "with the owner" in agency.get_by_role("status").inner_text()
    assert live.store.cases.get(BRAND, numbers["urgent"]).case.state is FlaggedState.ANSWERED

    owner = browse(PHONE, java_script_enabled=scripts)
    owner.goto(url_for(live.links, ANNA, Purpose.CASE, case=numbers["urgent"]))
    assert "It was late." in owner.get_by_role("region", name="Your decision").inner_text()
    owner.get_by_text("Add a note").click()
    owner.get_by_label("A note to the agency").fill("Please delete it; I call her.")
    owner.get_by_role("button", name="It must be fixed").click()
    assert "asked to fix it" in owner.get_by_role("status").inner_text()
    assert live.store.cases.get(BRAND, numbers["urgent"]).case.state is FlaggedState.UPHELD

    agency.get_by_role("link", name="Agency queue").click()
    agency.get_by_role("link", name="Promises a refund").click()
    assert "I call her" in agency.get_by_role("region", name="Your answer").inner_text()


def test_going_back_and_sending_again_is_one_answer(live: Any, browse: Any) -> None:
    number = flagged(live.store, post(1, "We guarantee it"), "guarantee")
    page = browse()
    page.goto(url_for(live.links, KIT, Purpose.QUEUE))
    page.goto(f"{live.base}/queue/lumen/case/{number}")
    page.get_by_label("In your own words").fill("Once.")
    page.get_by_role("button", name="Explain").dblclick()
    page.get_by_role("status").wait_for()
    page.reload()
    assert [event.note for event in live.store.cases.get(BRAND, number).case.events] == ["Once."]


def test_words_that_are_missing_are_asked_for_beside_the_field(live: Any, browse: Any) -> None:
    number = flagged(live.store, post(1, "We guarantee it"), "guarantee")
    page = browse()
    page.goto(url_for(live.links, KIT, Purpose.QUEUE))
    page.goto(f"{live.base}/queue/lumen/case/{number}")
    page.get_by_role("button", name="We disagree").click()
    assert "“We disagree” needs a few words" in page.get_by_role("alert").inner_text()
    assert page.evaluate("document.activeElement.id") == "note"
    assert Axe().run(page)["violations"] == []


def tab_to(page: Any, wanted: str) -> None:
    """Press Tab until what has the focus is called so."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if wanted in page.evaluate(
            "(document.activeElement.labels?.[0] || document.activeElement).textContent"
        ):
            return
    pytest.fail(f"Tab never reaches {wanted!r}")


OUTLINE = """() => { const at = document.activeElement, boxes = [at, at.closest('label'), ...['::after']];
  const drawn = [getComputedStyle(at), getComputedStyle(at, '::after')];
  if (at.closest('.choice')) drawn.push(getComputedStyle(at.closest('.choice')));
  return drawn.some(style => style.outlineStyle === 'solid' && parseFloat(style.outlineWidth) >= 2); }"""


@WIDTHS
def test_everything_works_from_the_keyboard(live: Any, browse: Any, size: dict[str, int]) -> None:
    numbers, page = seeded(live), browse(size)
    page.goto(url_for(live.links, KIT, Purpose.QUEUE))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    tab_to(page, "Promises a refund")
    assert page.evaluate(OUTLINE)
    page.keyboard.press("Enter")
    page.wait_for_url("**/case/*")
    tab_to(page, "In your own words")
    assert page.evaluate(OUTLINE)
    page.keyboard.type("The word is in our price list.")
    tab_to(page, "We disagree")
    assert page.evaluate(OUTLINE)
    page.keyboard.press("Enter")
    page.get_by_role("status").wait_for()
    assert live.store.cases.get(BRAND, numbers["urgent"]).case.state is FlaggedState.DISPUTED
