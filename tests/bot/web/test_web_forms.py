"""Forms that are forged, doubled, broken or too large."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.testclient import TestClient
from web_client import OURS, enter, form, state
from web_seed import ANNA, BRAND, flagged, post

from bot.links import Links, Purpose
from policies.model.cases.flagged import FlaggedState
from storage.store import Store


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver.evil.example"},
        {"Origin": "https://testserver"},
        {"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://testserver", "Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.fault(26)
def test_a_form_from_elsewhere_is_refused(
    client: TestClient, links: Links, store: Store, headers: dict[str, str]
) -> None:
    number = flagged(store, post(1, "We guarantee it"), "guarantee")
    path = f"{enter(client, links)}/case/{number}"
    filled = form(client, path, action="answer", note="forged")
    assert client.post(path, data=filled, headers=headers).status_code == 403
    assert state(store, number) is FlaggedState.OPEN


@pytest.mark.parametrize(
    "broken",
    [{"form": ""}, {"form": "x"}, {"form": "ä\x00"}, {"once": ""}, {"once": "a b"}, {"once": "x" * 99}],
)
@pytest.mark.fault(26)
def test_a_form_without_our_tokens_is_refused(
    client: TestClient, links: Links, store: Store, broken: dict[str, str]
) -> None:
    number = flagged(store, post(1, "We guarantee it"), "guarantee")
    path = f"{enter(client, links)}/case/{number}"
    filled = form(client, path, action="answer", note="x") | broken
    assert client.post(path, data=filled, headers=OURS).status_code == 403
    assert state(store, number) is FlaggedState.OPEN


def test_a_form_of_another_persons_link_is_refused(client: TestClient, links: Links, store: Store) -> None:
    number = flagged(store, post(1, "We guarantee it"), "guarantee")
    path = f"{enter(client, links)}/case/{number}"
    stolen = form(client, path, action="answer", note="x")
    enter(client, links)  # another link, another session
    assert client.post(path, data=stolen, headers=OURS).status_code == 403


@pytest.mark.fault(26)
def test_a_double_submit_is_one_decision(client: TestClient, links: Links, store: Store) -> None:
    number = flagged(store, post(1, "We guarantee it"), "guarantee")
    path = f"{enter(client, links)}/case/{number}"
    filled = form(client, path, action="answer", note="Once.\r\nOnly.")
    answers = [client.post(path, data=filled, headers=OURS) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 303]
    assert [event.note for event in store.cases.get(BRAND, number).case.events] == ["Once.\nOnly."]


def test_a_double_submit_at_the_same_moment_is_one_decision(
    client: TestClient, links: Links, store: Store
) -> None:
    number = flagged(store, post(1, "We guarantee it"), "guarantee")
    path = f"{enter(client, links, ANNA, Purpose.DESK)}/case/{number}"
    filled = form(client, path, action="accept", note="fine")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.post(path, data=filled, headers=OURS), range(8)))
    assert {answer.status_code for answer in answers} == {303}
    assert len(store.cases.get(BRAND, number).case.events) == 1


def test_a_huge_form_is_refused(client: TestClient, links: Links, store: Store) -> None:
    number = flagged(store, post(1, "We guarantee it"), "guarantee")
    path = f"{enter(client, links)}/case/{number}"
    answer = client.post(path, content=b"x" * (64 * 1024 + 1), headers=OURS)
    assert answer.status_code == 413
    assert "too much text" in answer.text


def test_too_many_fields_are_refused(client: TestClient, links: Links, store: Store) -> None:
    number = flagged(store, post(1, "We guarantee it"), "guarantee")
    path = f"{enter(client, links)}/case/{number}"
    assert client.post(path, content="a=1&" * 500, headers=OURS).status_code == 400


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_refused_with_a_page(client: TestClient, links: Links, method: str) -> None:
    answer = client.request(method, enter(client, links))
    assert answer.status_code == 405
    assert "<h1" in answer.text
    assert answer.headers["allow"]
