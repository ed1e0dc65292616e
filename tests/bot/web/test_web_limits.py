"""The page on what the owner's answers changed: hers alone, inert words, and an undo that only a form of ours does."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient
from web_client import OURS, enter, form
from web_seed import ANNA, BRAND, KIT, NOW, url_for

from bot.links import Links, Purpose
from policies.model.limits import TopicLimits
from storage.limits import LimitsChange
from storage.store import Store

LEAK = "agency-leak"


def move(store: Store, brand: str = BRAND, **parts: Any) -> int:
    told = {"title": "Speaks as an agency", "right": 2, "wrong": 7, "total": 9, **parts}
    change = LimitsChange(limits=TopicLimits(asked=0.3, said=0.8), code="asked", parts=told)
    store.limits.change(brand, {LEAK: change}, now=NOW)
    return store.limits.newest(brand)[LEAK].id


def test_a_letters_link_leads_straight_to_the_page_and_no_other_word_leads_anywhere(
    client: TestClient, links: Links, store: Store
) -> None:
    move(store)
    desk = url_for(links, ANNA, Purpose.DESK)
    assert client.get(f"{desk}?to=limits").headers["location"] == f"/desk/{BRAND}/limits"
    for to in ("//evil.example", "status", "../queue", ""):
        assert client.get(f"{desk}?to={to}").headers["location"] == f"/desk/{BRAND}"
    queue = url_for(links, KIT, Purpose.QUEUE)
    assert client.get(f"{queue}?to=limits").headers["location"] == f"/queue/{BRAND}"


def test_the_owner_reads_what_changed_and_takes_it_back(
    client: TestClient, links: Links, store: Store
) -> None:
    number = move(store)
    path = enter(client, links, ANNA, Purpose.DESK) + "/limits"
    page = client.get(path).text
    assert "Speaks as an agency" in page
    assert "7 of 9 were fine, so it is asked, no longer said." in page
    assert "Undo this" in page
    filled = form(client, path, change=str(number))
    assert client.post(path, data=filled).status_code == 403, "no form of ours"
    assert store.limits.in_force(BRAND)
    assert client.post(path, data=filled, headers=OURS).status_code == 303
    assert store.limits.in_force(BRAND) == {}
    after = client.get(f"{path}?undone=1").text
    assert "Change it again" in after
    assert "taken back" in after
    assert store.limits.newest(BRAND)[LEAK].made_by == ANNA.id


def test_the_agency_sees_nothing_of_it(client: TestClient, links: Links, store: Store) -> None:
    move(store)
    enter(client, links, KIT, Purpose.QUEUE)
    assert client.get(f"/desk/{BRAND}/limits").status_code == 403


def test_words_of_an_own_pack_stay_words(client: TestClient, links: Links, store: Store) -> None:
    move(store, title="<script>alert(1)</script>")
    path = enter(client, links, ANNA, Purpose.DESK) + "/limits"
    assert "<script>" not in client.get(path).text


def test_without_a_change_the_page_says_so(client: TestClient, links: Links) -> None:
    desk = enter(client, links, ANNA, Purpose.DESK)
    assert "Nothing so far." in client.get(f"{desk}/limits").text
    assert f'href="{desk}/limits"' in client.get(f"{desk}/status").text
