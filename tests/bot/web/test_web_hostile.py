"""Posts, names and notes that want to be obeyed."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient
from web_client import enter
from web_seed import ANNA, BRAND, KIT, NOW, flagged, post, save, seed_day

from bot.links import Links, Purpose
from policies.model.cases.flagged import FlaggedAction
from storage.store import Store

NASTY = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "\u202etxt.exe\u2066",
    "a\r\nSet-Cookie: x=1\r\n\r\n<b>",
    "\ud800 lone",
    "{{ 7*7 }}{% raw %}",
    "\x1b[31mred\x00",
    "Z\u0351\u036b\u0343\u036a\u0302\u036b" * 50,
    "שלום עולם",
    "🍰" * 50,
    "",
)


@pytest.mark.parametrize("nasty", NASTY)
@pytest.mark.fault(21)
def test_nothing_in_a_post_is_obeyed(client: TestClient, links: Links, store: Store, nasty: str) -> None:
    asked = {"author": nasty[:60] or "x", "author_name": nasty or None}
    save(store, [post(1, nasty + " hello", **asked)])  # type: ignore[arg-type]
    bad = post(2, f"{nasty} guarantee {nasty}", thread="1", **asked)  # type: ignore[arg-type]
    texts = {"title": nasty or "t", "message": nasty, "why": nasty, "suggest": nasty, "rule": "r" + nasty}
    number = flagged(store, bad, "guarantee", **texts)
    store.cases.act(
        BRAND, number, FlaggedAction.ANSWER, person=KIT, note="note " + nasty.replace("\ud800", ""), now=NOW
    )
    home = enter(client, links, ANNA, Purpose.DESK)
    for path in (home, f"{home}/case/{number}"):
        page = client.get(path)
        assert page.status_code == 200
        assert "<script" not in page.text
        assert "<img src=x" not in page.text
        assert "set-cookie" not in page.headers
        assert not re.search("[\x00\x1b\u202e\u2066\ud800]", page.text)
        assert "guarantee" in page.text


def test_only_https_addresses_are_linked(client: TestClient, links: Links, store: Store) -> None:
    numbers = seed_day(store)
    page = client.get(f"{enter(client, links)}/case/{numbers['edited']}").text
    assert "javascript:" not in page
    assert 'href="https://pbs.example/loaf.jpg"' in page
    assert "no description" in page


def test_a_post_of_100000_characters_is_folded(client: TestClient, links: Links, store: Store) -> None:
    number = flagged(store, post(1, "We guarantee " + "word " * 20_000), "guarantee")
    home = enter(client, links)
    assert len(client.get(home).text) < 10_000
    shown = client.get(f"{home}/case/{number}").text
    assert "word " * 7_500 in re.search(r'<details class="fold".*?</details>', shown, re.DOTALL)[0]  # type: ignore[index]
