"""Numbers of cases and messages that no store counts to lead nowhere, and break nothing."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient
from web_client import OURS, enter, form
from web_seed import ANNA, BRAND, KIT, NOW, flagged, post

from bot.links import Links, Purpose
from policies.model.cases.flagged import FlaggedAction
from policies.model.cases.machinery import IllegalTransition
from storage.errors import UnknownCase, UnknownMessage
from storage.store import Store

HUGE = [2**63 - 1, 2**63, 2**64, int("9" * 4000), -(2**63) - 1]


@pytest.mark.parametrize("number", [*map(str, HUGE[:4]), "9" * 5000, "-1", "1e3", "٣"])
def test_a_page_of_no_case_is_not_found(client: TestClient, links: Links, number: str) -> None:
    desk = enter(client, links, ANNA, Purpose.DESK)
    assert client.get(f"{desk}/case/{number}").status_code == 404
    assert client.get(f"{desk}?page={number}").status_code == 200
    assert client.post(f"{desk}/case/{number}", data={"form": "x"}, headers=OURS).status_code in (403, 404)


@pytest.mark.parametrize("number", HUGE)
def test_the_store_has_no_such_row(store: Store, number: int) -> None:
    with pytest.raises(UnknownCase):
        store.cases.get(BRAND, number)
    with pytest.raises(UnknownCase):
        store.cases.act(BRAND, number, FlaggedAction.ACCEPT, person=ANNA, note="", now=NOW)
    with pytest.raises(UnknownMessage):
        store.outbox.resend(number, now=NOW)


def test_a_spent_form_with_other_words_is_refused_and_they_are_kept(
    client: TestClient, links: Links, store: Store
) -> None:
    number = flagged(store, post(1, "We guarantee it"), "guarantee")
    path = f"{enter(client, links)}/case/{number}"
    filled = form(client, path, action="answer", note="First.")
    assert client.post(path, data=filled, headers=OURS).status_code == 303
    # whoever writes the number of steps seen by hand gets no further than the form allows
    spent = {**filled, "note": "Other words.", "seen": "1"}
    answer = client.post(path, data=spent, headers=OURS)
    assert answer.status_code == 409
    assert "Other words." in answer.text
    assert [event.note for event in store.cases.get(BRAND, number).case.events] == ["First."]


def test_one_nonce_is_one_step(store: Store) -> None:
    number = flagged(store, post(1, "We guarantee it"), "guarantee")

    def answer(note: str) -> object:
        return store.cases.act(BRAND, number, FlaggedAction.ANSWER, person=KIT, note=note, now=NOW, once="n")

    assert answer("First.") == answer("First.")
    with pytest.raises(IllegalTransition, match="used for another"):
        answer("Other words.")
