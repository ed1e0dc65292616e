"""The pages in a language that nobody speaks: nothing stays English, and longer words fit the phone."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import web_seed
from pseudo import PSEUDO, speak_pseudo, untranslated
from test_web_status import stuck
from web_seed import ANNA, BRAND, KIT, NOW, OWN, finding, judge, post, save, url_for

from bot.errors import TokenDead
from bot.links import Purpose
from policies.model.cases.flagged import FlaggedAction
from policies.model.finding import Severity
from policies.model.post import Direction, Media, Post

pytestmark = pytest.mark.browser
#: What is data in these pages: names, addresses, the codes of rules. What people write is in other letters.
DATA = frozenset(
    re.findall(
        r"\w+",
        "Lumen Bakery, Anna Berg, Kit Romero, lumenbakery, anna@lumen.example, Europe Berlin, no-refund-promise, "
        "starter, image, own, mentions, replies",
    )
)
SHOWN = """() => {
  for (const one of document.querySelectorAll('details')) one.open = true;
  const words = [document.title, document.body.textContent];
  for (const one of document.querySelectorAll('body *'))
    for (const name of ['aria-label', 'alt', 'title', 'placeholder']) words.push(one.getAttribute(name) || '');
  return words.join('\\n');
}"""
LONG = "Слово за словом, и так до самого конца страницы. " * 80
REASONS = {
    "title": "Обещает деньги",
    "message": "Здесь обещают деньги.",
    "why": "Решает хозяйка.",
    "suggest": "Спросить.",
}


@pytest.fixture(autouse=True)
def pseudo(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every brand speaks the language."""
    speak_pseudo(monkeypatch, tmp_path)
    for name, brand in list(web_seed.BRANDS.items()):
        monkeypatch.setitem(web_seed.BRANDS, name, replace(brand, language=PSEUDO))


def case_of(live: Any, about: Post, words: str, severity: Severity = Severity.BREACH) -> int:
    save(live.store, [about])
    (number,) = judge(live.store, about, [finding(about, words, severity=severity, **REASONS)])
    return number


def seeded(live: Any) -> dict[str, int]:
    """Cases in every hand, with a long text, earlier words, an edit, pictures; a stuck mail of each kind."""
    store = live.store
    asked = [
        post(
            number,
            "Где мой торт?",
            direction=Direction.INBOUND,
            thread="10",
            author="мара",
            author_name="Мара",
        )
        for number in range(10, 19)
    ]
    save(store, asked)
    reply = post(19, f"Обещаем вернуть деньги. {LONG}", thread="10")
    numbers = {"open": case_of(live, reply, "деньги", Severity.CRITICAL)}
    pictures = (
        Media(kind="image", url="https://pbs.example/1.jpg"),
        Media(kind="image", url=None, alt_text="Хлеб"),
    )
    numbers["edited"] = case_of(live, post(30, "Хлеб лечит.", media=pictures), "лечит")
    again = post(30, "Хлеб лечит всех.", media=pictures, edited_at=NOW)
    save(store, [again])
    judge(store, again, [finding(again, "лечит", **REASONS)], revision=2)
    numbers["disputed"] = case_of(live, post(31, "Нет.", thread="31"), "")
    store.cases.act(
        BRAND, numbers["disputed"], FlaggedAction.DISPUTE, person=KIT, now=NOW, note="Так и есть."
    )
    numbers["answered"] = case_of(live, post(32, "Да."), "")
    store.cases.act(
        BRAND, numbers["answered"], FlaggedAction.ANSWER, person=KIT, now=NOW, note="Была причина."
    )
    numbers["fixed"] = case_of(live, post(33, "Может быть."), "")
    store.cases.act(BRAND, numbers["fixed"], FlaggedAction.CLAIM_FIX, person=KIT, now=NOW, note="")
    numbers["upheld"] = case_of(live, post(34, "Никогда."), "")
    store.cases.act(BRAND, numbers["upheld"], FlaggedAction.UPHOLD, person=ANNA, now=NOW, note="")
    numbers["closed"] = case_of(live, post(35, "Всегда."), "")
    store.cases.act(BRAND, numbers["closed"], FlaggedAction.FALSE_ALARM, person=ANNA, now=NOW, note="")
    for number in range(50, 75):
        case_of(live, post(number, "Ещё один."), "")
    stuck(store, "d1", "Письмо", "dead", "550 нет такого")
    stuck(store, "d2", "Ещё письмо", "uncertain", "обрыв")
    store.streams.ended(OWN, now=NOW - timedelta(days=3))
    store.streams.ended(replace(OWN, stream="mentions"), now=NOW, error="Ключ не подходит.")
    failed = TokenDead("keys-refused", site="X", said="нет", mend="x-set-keys")
    for name in ("own", "replies"):
        stream = replace(OWN, stream=name)
        store.streams.ended(stream, now=NOW, error=str(failed), code=failed.code, parts=failed.parts)
    return numbers


def pages_of(live: Any, numbers: dict[str, int]) -> list[tuple[str, str]]:
    """(link to come in by, address behind it) of every page, in every state."""
    kit, anna = (url_for(live.links, *who) for who in ((KIT, Purpose.QUEUE), (ANNA, Purpose.DESK)))
    one = url_for(live.links, ANNA, Purpose.CASE, case=numbers["open"])
    lists = [
        "",
        "?page=2",
        "?show=owner",
        "?show=agency",
        "?show=platform",
        "?show=nobody",
        "?show=nobody&page=9",
    ]
    cases = [f"/case/{number}" for number in numbers.values()]
    done = [
        f"/case/{numbers['open']}?done={numbers[state]}&kept=1" for state in ("answered", "fixed", "disputed")
    ]
    ruled = [f"/case/{numbers['disputed']}?done={numbers[state]}" for state in ("upheld", "closed")]
    return [
        *((kit, f"/queue/lumen{path}") for path in (*lists, *cases, *done)),
        *((anna, f"/desk/lumen{path}") for path in (*lists, *cases, *ruled, "/status", "/status?sent=again")),
        (one, f"/case/lumen/{numbers['open']}"),
        (kit, "/l/rubbish"),
        (kit, "/nowhere"),
        (kit, "/"),
    ]


def test_every_page_is_translated_and_longer_words_fit_the_phone(live: Any, chromium: Any) -> None:
    numbers = seeded(live)
    page = chromium.new_context(viewport={"width": 390, "height": 844}).new_page()
    link = ""
    for come_in, path in pages_of(live, numbers):
        if come_in != link:
            page.goto(link := come_in)
        page.goto(live.base + path)
        assert untranslated(page.evaluate(SHOWN), DATA) == set(), path
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    page.context.close()


def test_what_a_form_complains_of_is_translated(live: Any, chromium: Any) -> None:
    numbers = seeded(live)
    page = chromium.new_context(viewport={"width": 390, "height": 844}).new_page()
    page.goto(url_for(live.links, KIT, Purpose.QUEUE))
    page.goto(f"{live.base}/queue/lumen/case/{numbers['open']}")
    page.click("button[value=dispute]")
    assert page.locator("#problem").is_visible()
    assert untranslated(page.evaluate(SHOWN), DATA) == set()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.context.close()
