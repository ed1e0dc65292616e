"""Deciding on one screen, in a real Chromium: what stands there, and how many taps five cases take."""

from __future__ import annotations

from typing import Any

import pytest
from browser_stage import DESKTOP, PHONE
from web_seed import ANNA, BRAND, KIT, NOW, finding, flagged, judge, post, save, url_for

from bot.links import Purpose
from policies.model.cases.flagged import FlaggedAction
from policies.model.post import Media

pytestmark = pytest.mark.browser
LONG = "We are so sorry to hear that, and we do understand how it must feel. " * 20
TEXTS = {
    "short": "We guarantee it",
    "long": f"{LONG}We guarantee it. {LONG}",
    "many lines": "We guarantee it\n" + "line\n" * 30,
    "wide": "誠に申し訳ございません。" * 40 + "guarantee",
    "one word": "guarantee" + "w" * 900,
}
ANSWERS = {"short": "It was late.", "long": "I wanted to calm her down. " * 60}
ON_SCREEN = """() => {
  const box = one => document.querySelector(one).getBoundingClientRect();
  const buttons = [...document.querySelectorAll('.choices button')].map(one => one.getBoundingClientRect());
  return {post: box('.post mark'), reason: box('.rule .message'), panel: box('.act'), buttons,
          height: window.innerHeight, wide: window.innerWidth >= 960};
}"""


def waiting(live: Any, text: str, answer: str, number: int = 1) -> int:
    """A case that waits for the owner, with pictures and a reason of some length."""
    said = post(number, text, media=(Media(kind="image", alt_text="bread"),))
    save(live.store, [said])
    more = {
        "message": f"The words promise what only {ANNA.name} may promise, and the customer may hold us to it."
    }
    (case,) = judge(live.store, said, [finding(said, "guarantee", **more)])
    live.store.cases.act(BRAND, case, FlaggedAction.ANSWER, person=KIT, note=answer, now=NOW)
    return case


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["390", "1280"])
def test_post_reason_and_choices_stand_on_the_first_screen(
    live: Any, browse: Any, size: dict[str, int]
) -> None:
    page = browse(size)
    page.goto(url_for(live.links, ANNA, Purpose.DESK))
    cases = [(text, answer) for text in TEXTS for answer in ANSWERS]
    before = waiting(live, "We guarantee it", "", 90)
    live.store.cases.act(BRAND, before, FlaggedAction.ACCEPT, person=ANNA, note="", now=NOW)
    for number, (text, answer) in enumerate(cases, 1):
        case = waiting(live, TEXTS[text], ANSWERS[answer], number)
        page.goto(f"{live.base}/desk/lumen/case/{case}?done={before}")
        seen = page.evaluate(ON_SCREEN)
        end = seen["height"] if seen["wide"] else seen["panel"]["top"]
        where = (text, answer, seen)
        assert seen["post"]["bottom"] <= end, where
        assert seen["reason"]["bottom"] <= end, where
        assert len(seen["buttons"]) == 3, where
        assert all(one["bottom"] <= seen["height"] and one["height"] >= 44 for one in seen["buttons"]), where


def test_the_agencys_choices_stand_there_with_the_words(live: Any, browse: Any) -> None:
    case = flagged(live.store, post(1, TEXTS["long"]), "guarantee")
    page = browse(PHONE)
    page.goto(url_for(live.links, KIT, Purpose.QUEUE, case=case))
    seen = page.evaluate(ON_SCREEN)
    assert seen["reason"]["bottom"] <= seen["panel"]["top"]
    assert all(one["bottom"] <= seen["height"] for one in seen["buttons"])
    assert page.locator("#note").bounding_box()["y"] < seen["buttons"][0]["top"]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts on", "scripts off"])
def test_from_the_mail_five_cases_take_seven_taps_at_most(live: Any, browse: Any, scripts: bool) -> None:
    cases = [waiting(live, TEXTS[text], "It was late.", number) for number, text in enumerate(TEXTS, 1)]
    page, taps = browse(PHONE, has_touch=True, java_script_enabled=scripts), 1
    page.goto(url_for(live.links, ANNA, Purpose.DESK, case=cases[2]))  # the button in the digest
    while (choices := page.locator(".choices button")).count():
        for one in choices.all():
            box = one.bounding_box()
            assert box["y"] + box["height"] <= PHONE["height"], "no scrolling before the tap"
        choices.nth(taps % 3).tap()
        taps += 1
        page.get_by_role("status").wait_for()
    assert page.get_by_role("heading", level=1).inner_text() == "Nothing waits for you"
    assert all(live.store.cases.get(BRAND, case).case.events[-1].actor == ANNA.id for case in cases)
    assert taps == 6


def test_a_slip_is_undone_with_one_tap_and_decided_anew(live: Any, browse: Any) -> None:
    first, second = (waiting(live, "We guarantee it", "It was late.", n) for n in (1, 2))
    page = browse(PHONE)
    page.goto(url_for(live.links, ANNA, Purpose.DESK, case=first))
    page.get_by_role("button", name="Nothing is wrong here").click()
    page.wait_for_url(f"**/case/{second}?done={first}")
    page.get_by_role("button", name="Undo").click()
    page.wait_for_url(f"**/case/{first}?done={first}")
    assert "Taken back" in page.get_by_role("status").inner_text()
    page.get_by_role("button", name="It must be fixed").click()
    page.wait_for_url(f"**/case/{second}?done={first}")
    steps = live.store.cases.get(BRAND, first).case.events
    assert [event.action for event in steps] == ["answer", "false_alarm", "undo", "uphold"]


def test_enter_in_a_box_decides_nothing(live: Any, browse: Any) -> None:
    case = waiting(live, "We guarantee it", "It was late.")
    page = browse(PHONE)
    page.goto(url_for(live.links, ANNA, Purpose.DESK, case=case))
    page.get_by_text("Add a note").click()
    page.get_by_label("Remember this answer").focus()
    page.keyboard.press("Enter")
    assert "Please choose" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("Remember this answer").is_visible()
    assert len(live.store.cases.get(BRAND, case).case.events) == 1
