"""After a step the next case, with a way back for ten minutes."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient
from web_client import OURS, enter, fields, form, state, step
from web_seed import ANNA, BRAND, KIT, NOW, flagged, post

from bot.links import Links, Purpose
from bot.queue.embedded import EmbeddedQueue
from bot.queue.port import Job, Subject
from policies.model.cases.flagged import FlaggedAction, FlaggedState
from storage.store import Store


def answered(store: Store, count: int) -> list[int]:
    """Cases that wait for the owner."""
    numbers = [flagged(store, post(n, f"We guarantee {n}"), "guarantee") for n in range(1, count + 1)]
    for number in numbers:
        store.cases.act(BRAND, number, FlaggedAction.ANSWER, person=KIT, note="Late.", now=NOW)
    return numbers


def undo_form(page: str) -> tuple[str, dict[str, str]]:
    """Where the form of the banner leads, and what is in it."""
    banner = re.search(r'<div class="thanks".*?</div>', page, re.DOTALL)
    assert banner is not None
    address = re.search(r'action="([^"]+)"', banner[0])
    assert address is not None, "the step cannot be taken back"
    return address[1], fields(banner[0])


def test_the_next_case_comes_at_once_until_none_waits(client: TestClient, links: Links, store: Store) -> None:
    first, second = answered(store, 2)
    home = enter(client, links, ANNA, Purpose.DESK)
    done = step(client, f"{home}/case/{first}", "accept")
    assert done.headers["location"] == f"{home}/case/{second}?done={first}"
    page = client.get(done.headers["location"]).text
    assert "Fine this time: closed." in page
    assert f"Case {second}" in page
    done = step(client, f"{home}/case/{second}", "uphold")
    assert done.headers["location"] == f"{home}?done={second}"
    page = client.get(done.headers["location"]).text
    assert "The agency is asked to fix it." in page
    assert "Nothing waits for you" in page


@pytest.mark.parametrize("purpose", [Purpose.DESK, Purpose.CASE])
def test_a_step_is_taken_back_with_all_that_it_caused(
    client: TestClient, links: Links, store: Store, purpose: Purpose
) -> None:
    (number,) = answered(store, 1)
    queue = EmbeddedQueue(store)
    queue.ensure(Job(name="learn", subject=Subject(brand=BRAND)), due_at=NOW.replace(year=2030))
    home = enter(client, links, ANNA, purpose, **({"case": number} if purpose is Purpose.CASE else {}))
    path = home if purpose is Purpose.CASE else f"{home}/case/{number}"
    done = step(client, path, "uphold")
    assert "1 case waits for you" in client.get(enter(client, links)).text
    address, filled = undo_form(client.get(done.headers["location"]).text)
    back = client.post(address, data=filled, headers=OURS)
    assert back.headers["location"] == f"{path}?done={number}"
    assert state(store, number) is FlaggedState.ANSWERED
    assert "Nothing waits for you" in client.get(enter(client, links)).text
    page = client.get(back.headers["location"]).text
    assert "Taken back" in page
    assert "took that back" in page
    assert 'value="uphold"' in page, "it can be decided again"
    assert [due.job.name for due in queue.due(NOW)] == ["learn"], "the file of examples follows"
    assert client.post(address, data=filled, headers=OURS).status_code == 303, "a double click"
    assert len(store.cases.get(BRAND, number).case.events) == 3


def test_after_ten_minutes_it_stays_and_says_so(
    client: TestClient, links: Links, store: Store, clock: Any
) -> None:
    (number,) = answered(store, 1)
    path = f"{enter(client, links, ANNA, Purpose.DESK)}/case/{number}"
    shown = step(client, path, "accept").headers["location"]
    address, filled = undo_form(client.get(shown).text)
    clock.now = NOW + timedelta(minutes=10, seconds=1)
    assert "<form" not in client.get(shown).text
    answer = client.post(address, data=filled, headers=OURS)
    assert answer.status_code == 409
    assert "More than ten minutes have passed" in answer.text
    assert state(store, number) is FlaggedState.CLOSED


def test_what_the_agency_has_acted_on_stays_and_says_so(
    client: TestClient, links: Links, store: Store
) -> None:
    (number,) = answered(store, 1)
    path = f"{enter(client, links, ANNA, Purpose.DESK)}/case/{number}"
    shown = step(client, path, "uphold").headers["location"]
    address, filled = undo_form(client.get(shown).text)
    store.cases.act(BRAND, number, FlaggedAction.CLAIM_FIX, person=KIT, note="", now=NOW)
    answer = client.post(address, data=filled, headers=OURS)
    assert answer.status_code == 409
    assert "already gone on" in answer.text
    assert state(store, number) is FlaggedState.FIX_CLAIMED
    assert 'role="status"' not in client.get(shown).text


def test_nobody_takes_back_the_step_of_another(client: TestClient, links: Links, store: Store) -> None:
    (number,) = answered(store, 1)
    store.cases.act(BRAND, number, FlaggedAction.ACCEPT, person=ANNA, note="", now=NOW)
    path = f"{enter(client, links)}/case/{number}"
    token = fields(
        client.get(f"/queue/lumen/case/{flagged(store, post(9, 'We guarantee'), 'guarantee')}").text
    )
    answer = client.post(f"{path}/undo", data=token | {"seen": "2"}, headers=OURS)
    assert answer.status_code == 409
    assert state(store, number) is FlaggedState.CLOSED


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}])
def test_a_forged_undo_is_refused(
    client: TestClient, links: Links, store: Store, headers: dict[str, str]
) -> None:
    (number,) = answered(store, 1)
    path = f"{enter(client, links, ANNA, Purpose.DESK)}/case/{number}"
    address, filled = undo_form(client.get(step(client, path, "accept").headers["location"]).text)
    assert client.post(address, data=filled, headers=headers).status_code == 403
    assert client.post(address, data=filled | {"form": "x"}, headers=OURS).status_code == 403
    assert client.get(address).status_code == 405
    assert state(store, number) is FlaggedState.CLOSED


@pytest.mark.parametrize("done", ["", "x", "0", "99999999999", "²", "-1", "3.5"])
def test_an_odd_address_says_nothing_was_done(
    client: TestClient, links: Links, store: Store, done: str
) -> None:
    answered(store, 1)
    page = client.get(f"{enter(client, links, ANNA, Purpose.DESK)}?done={done}")
    assert page.status_code == 200
    assert 'role="status"' not in page.text


def test_a_link_to_one_case_tells_of_no_other(client: TestClient, links: Links, store: Store) -> None:
    first, second = answered(store, 2)
    store.cases.act(BRAND, second, FlaggedAction.ACCEPT, person=ANNA, note="", now=NOW)
    home = enter(client, links, ANNA, Purpose.CASE, case=first)
    assert 'role="status"' not in client.get(f"{home}?done={second}").text


def test_undone_words_are_no_answer_any_more(client: TestClient, links: Links, store: Store) -> None:
    number = flagged(store, post(1, "We guarantee it"), "guarantee")
    path = f"{enter(client, links)}/case/{number}"
    sent = client.post(path, data=form(client, path, action="answer", note="A slip."), headers=OURS)
    address, filled = undo_form(client.get(sent.headers["location"]).text)
    client.post(address, data=filled, headers=OURS)
    page = client.get(f"{enter(client, links, ANNA, Purpose.DESK)}/case/{number}").text
    assert "A slip." not in page.partition('id="history"')[0]
    assert "A slip." in page.partition('id="history"')[2], "the history keeps it"
