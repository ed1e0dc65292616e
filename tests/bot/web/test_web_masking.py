"""Numbers that must not leak: everybody sees the last four digits, and the owner the rest behind one more step."""

from __future__ import annotations

import re

from starlette.testclient import TestClient
from web_client import enter
from web_seed import ANNA, KIT, finding, flagged, judge, post, save

from bot.links import Links, Purpose
from storage.store import Store

CARD = "4111 1111 1111 1111"
MASKED = "•••• •••• •••• 1111"


def test_the_agency_sees_the_last_four_digits(client: TestClient, links: Links, store: Store) -> None:
    number = flagged(store, post(1, f"Your card {CARD} was charged twice."), CARD)
    queue = enter(client, links, KIT, Purpose.QUEUE)
    for page in (client.get(queue).text, client.get(f"{queue}/case/{number}").text):
        assert MASKED in page
        assert "4111" not in page


def test_the_owner_reads_the_rest_behind_one_more_step(
    client: TestClient, links: Links, store: Store
) -> None:
    number = flagged(store, post(1, f"Your card {CARD} was charged twice."), CARD)
    page = client.get(f"{enter(client, links, ANNA, Purpose.DESK)}/case/{number}").text
    behind = re.findall(r'<details class="evidence">.*?</details>', page, re.DOTALL)
    assert len(behind) == 1
    assert CARD in behind[0]
    assert CARD not in page.replace(behind[0], "")
    assert MASKED in page


def test_a_post_without_such_numbers_has_no_further_step(
    client: TestClient, links: Links, store: Store
) -> None:
    number = flagged(store, post(1, "We guarantee a refund."), "guarantee")
    page = client.get(f"{enter(client, links, ANNA, Purpose.DESK)}/case/{number}").text
    assert "evidence" not in page


def test_what_an_edit_took_away_is_masked_too(client: TestClient, links: Links, store: Store) -> None:
    number = flagged(store, post(1, f"We guarantee it. Card {CARD}."), "guarantee")
    new = post(1, "We guarantee it. Card on file.", edited_at=post(1, "").created_at)
    save(store, [new])
    judge(store, new, [finding(new, "guarantee")], revision=2)
    page = client.get(f"{enter(client, links, KIT, Purpose.QUEUE)}/case/{number}").text
    assert "1111" in page
    assert "4111" not in page
