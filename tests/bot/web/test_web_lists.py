"""The queue and the desk: what stands where, and in which order."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient
from web_client import enter, step
from web_seed import ANNA, BRAND, KIT, NOW, finding, flagged, judge, post, save, seed_day

from bot.links import Links, Purpose
from bot.web.pages.cases.view import PAGE
from policies.model.cases.flagged import FlaggedAction
from storage.store import Store


def test_the_queue_lists_the_worst_first_with_the_words_marked(
    client: TestClient, links: Links, store: Store
) -> None:
    seed_day(store)
    page = client.get(enter(client, links)).text
    assert "3 cases wait for you" in page
    assert page.index("Promises a refund") < page.index("Health claim about food")
    assert re.search(r"<mark>.*guarantee a full refund.*</mark>", page)
    assert "Talks down to a customer" in page


def test_filters_follow_the_case(client: TestClient, links: Links, store: Store) -> None:
    number = flagged(store, post(1, "We guarantee it"), "guarantee")
    home = enter(client, links)
    card = f"/queue/lumen/case/{number}"

    def shown_under() -> list[str]:
        return [
            show
            for show in ("agency", "owner", "platform", "nobody")
            if card in client.get(f"{home}?show={show}").text
        ]

    assert shown_under() == ["agency"]
    step(client, card, "answer", "It was late.")
    assert shown_under() == ["owner"]
    step(client, card, "claim_fix")
    assert shown_under() == ["platform"]
    store.cases.act(BRAND, number, FlaggedAction.ACCEPT, person=ANNA, note="", now=NOW)
    assert shown_under() == ["nobody"]


def test_long_lists_come_in_pages(client: TestClient, links: Links, store: Store) -> None:
    posts = [post(n, f"We guarantee {n}") for n in range(1, PAGE + 4)]
    save(store, posts)
    for one in posts:
        judge(store, one, [finding(one, "guarantee")])
    home = enter(client, links)
    first, second = client.get(home).text, client.get(f"{home}?show=agency&page=2").text
    assert first.count("<article>") == PAGE
    assert second.count("<article>") == 3
    assert 'rel="next"' in first
    assert 'rel="next"' not in second
    cards = re.findall(r'href="(/queue/lumen/case/\d+)"', first + second)
    assert len(set(cards)) == PAGE + 3


@pytest.mark.parametrize(
    "query", ["?page=0", "?page=-1", "?page=x", "?page=99999999", "?show=%3Cscript%3E", "?page=²"]
)
def test_odd_queries_show_a_page(client: TestClient, links: Links, store: Store, query: str) -> None:
    flagged(store, post(1, "We guarantee it"), "guarantee")
    answer = client.get(enter(client, links) + query)
    assert answer.status_code == 200
    assert "<script>" not in answer.text


def test_an_empty_queue_says_so(client: TestClient, links: Links) -> None:
    assert "Nothing waits for you" in client.get(enter(client, links)).text


def test_the_owner_sees_what_the_agency_has_answered(client: TestClient, links: Links, store: Store) -> None:
    numbers = seed_day(store)
    home = enter(client, links, ANNA, Purpose.DESK)
    listed = client.get(home).text
    assert "1 case waits for your decision" in listed
    assert f"/case/{numbers['urgent']}" in listed, "an alert told of it, so it stands on the desk"
    store.cases.act(BRAND, numbers["urgent"], FlaggedAction.UPHOLD, person=ANNA, note="", now=NOW)
    assert "Nothing waits for you" in client.get(home).text
    store.cases.act(
        BRAND, numbers["rude"], FlaggedAction.DISPUTE, person=KIT, note="She had asked three times.", now=NOW
    )
    assert "1 case waits for your decision" in client.get(home).text
    page = client.get(f"{home}/case/{numbers['rude']}").text
    assert page.index("She had asked three times.") < page.index("Nothing is wrong here")
