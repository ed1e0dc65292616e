"""Questions to the owner on her desk: answered where they stand, taken back, and never seen by the agency."""

from __future__ import annotations

from datetime import timedelta

import pytest
from starlette.testclient import TestClient
from web_client import OURS, enter, fields, state
from web_seed import ANNA, BRAND, KIT, NOW, finding, flagged, judge, post, save

from bot.links import Links, Purpose
from policies.model.cases.flagged import FlaggedState
from storage.store import Store

QUESTION = "Is this a promise you would not make?"


def likely(store: Store, number: int, words: str = "back by Friday", **more: object) -> None:
    """A post of which a rule is not sure."""
    about = post(number, f"You will have it {words}, we think.")
    save(store, [about])
    judge(store, about, [finding(about, words, question=True, **more)])  # type: ignore[arg-type]


def asked(store: Store) -> int:
    (number,) = store.questions.ask(BRAND, today=NOW - timedelta(hours=17), now=NOW).ask
    return number


def on_desk(client: TestClient, links: Links) -> str:
    return client.get(enter(client, links, ANNA, Purpose.DESK)).text


@pytest.mark.parametrize(
    ("answer", "becomes"), [("confirm", FlaggedState.UPHELD), ("dismiss", FlaggedState.DROPPED)]
)
def test_a_question_is_answered_on_the_desk_and_taken_back(
    client: TestClient, store: Store, links: Links, answer: str, becomes: FlaggedState
) -> None:
    likely(store, 1)
    number = asked(store)
    page = on_desk(client, links)
    assert QUESTION in page
    assert "Off-brand" not in page
    assert "A question for you" in page
    assert "Nothing waits for you" not in page
    path = f"/desk/{BRAND}/case/{number}"
    then = client.post(path, data=fields(page) | {"action": answer, "note": ""}, headers=OURS)
    assert state(store, number) is becomes
    done = client.get(then.headers["location"]).text
    assert QUESTION not in done
    client.post(f"{path}/undo", data=fields(done), headers=OURS)
    assert state(store, number) is FlaggedState.ASKED
    assert QUESTION in client.get(f"/desk/{BRAND}").text


def test_the_page_of_a_question_accuses_nobody_and_offers_the_answer_of_the_link_first(
    client: TestClient, store: Store, links: Links
) -> None:
    likely(store, 1)
    number = asked(store)
    link = enter(client, links, ANNA, Purpose.DESK, case=number)
    for answer in ("confirm", "dismiss"):
        page = client.get(f"{link}?answer={answer}").text
        assert page.index(f'value="{answer}"') <= min(
            page.index(f'value="{o}"') for o in ("confirm", "dismiss")
        )
        assert "Off-brand" not in page
        assert QUESTION in page
    assert state(store, number) is FlaggedState.ASKED, "reading decides nothing"


def test_a_link_in_a_letter_keeps_the_answer_and_nothing_else(
    client: TestClient, store: Store, links: Links
) -> None:
    likely(store, 1)
    number = asked(store)
    address = links.address(
        links.grant(
            brand=BRAND, person=ANNA.id, purpose=Purpose.DESK, case=number, now=NOW, lifetime=timedelta(days=1)
        )
    )  # fmt: skip
    path = f"/desk/{BRAND}/case/{number}"
    for wish, leads in (
        ("?answer=dismiss", f"{path}?answer=dismiss"),
        ("?answer=//evil.example", path),
        ("?else=1", path),
    ):
        assert client.get(address + wish).headers["location"] == leads


def test_the_agency_sees_no_question(client: TestClient, store: Store, links: Links) -> None:
    likely(store, 1)
    number = asked(store)
    ordinary = flagged(store, post(2, "Guarantee!"), "Guarantee")
    home = enter(client, links, KIT)
    for show in ("", "?show=owner", "?show=nobody", "?show=asked", "?show=lapsed"):
        assert "back by Friday" not in client.get(home + show).text
    assert client.get(f"{home}/case/{number}").status_code == 404
    assert client.get(f"{home}/case/{ordinary}").status_code == 200


def test_what_was_never_asked_has_a_list_and_can_still_be_answered(
    client: TestClient, store: Store, links: Links
) -> None:
    likely(store, 1)
    store.questions.ask(BRAND, today=NOW, now=NOW + timedelta(days=8))
    page = on_desk(client, links)
    assert "Likely, never asked" in page
    assert QUESTION not in page
    listed = client.get(f"/desk/{BRAND}?show=lapsed").text
    assert "back by Friday" in listed
    (view,) = store.cases.find(BRAND, states={FlaggedState.LAPSED})
    path = f"/desk/{BRAND}/case/{view.case.id}"
    client.post(path, data=fields(client.get(path).text) | {"action": "confirm"}, headers=OURS)
    assert state(store, view.case.id) is FlaggedState.UPHELD


def test_beside_what_is_sure_nothing_is_said_of_what_is_likely(
    client: TestClient, store: Store, links: Links
) -> None:
    about = post(1, "We guarantee it. You will have it back by Friday.")
    save(store, [about])
    doubt = finding(about, "back by Friday", question=True, rule="days", title="Names a day")
    (number,) = judge(store, about, [finding(about, "guarantee"), doubt])
    page = client.get(f"{enter(client, links, KIT)}/case/{number}").text
    assert "Promises a refund" in page
    assert "Names a day" not in page
