"""A post of two megabytes: the page of its case, its conversation and its mail come soon, in little memory."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from starlette.testclient import TestClient
from web_client import enter
from web_seed import ANNA, BRAND, finding, judge, post, save

from benchmarks.attacks.frame import measured
from bot.letters.entries import brief_entry, case_entry
from bot.links import Links, Purpose
from storage.store import Store

TWO = 2_000_000
TEXTS = {
    "numbers": "4111 1111 1111 1111 ",
    "words": "bread and ",
    "controls": "\x1b\u202e\u200b",
    "lines": "a\n",
    "marks": "a\u0301",
    "one word": "a",
}


@pytest.mark.parametrize("kind", TEXTS)
def test_two_megabytes_cost_little(client: TestClient, links: Links, store: Store, kind: str) -> None:
    text = "guarantee " + TEXTS[kind] * (TWO // len(TEXTS[kind].encode()) - 10)
    ours = post(2, "We guarantee it", thread="1")
    long, edited = post(1, text, author="mara"), post(1, text[::-1] + " guarantee", author="mara")
    save(store, [long, ours])
    save(store, [edited])
    (number,) = judge(store, ours, [finding(ours, "guarantee")])
    (other,) = judge(store, long, [finding(long, "guarantee")], revision=2)
    home = enter(client, links, ANNA, Purpose.DESK)
    client.get(f"{home}/case/{number}")
    for address in (f"{home}/case/{number}", f"{home}/case/{other}", f"{home}?show=agency"):
        cost, answer = measured(lambda address=address: client.get(address))
        assert answer.status_code == 200  # type: ignore[attr-defined]
        assert cost.bearable, (address, cost)
    view = store.cases.get(BRAND, other)

    def written() -> object:
        zone = ZoneInfo("UTC")
        return [
            make(view, zone, lambda *_: "https://x.example", decide=True)
            for make in (case_entry, brief_entry)
        ]

    cost, entries = measured(written)
    assert isinstance(entries, list), entries
    assert cost.bearable, cost
