"""One case: what it shows, and every step that a person may take."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from starlette.testclient import TestClient
from web_client import OURS, enter, fields, form, state, step
from web_seed import ANNA, BRAND, KIT, NOW, finding, flagged, judge, post, save, seed_day

from bot.links import Links, Purpose
from policies.model.cases.flagged import FlaggedAction, FlaggedState
from policies.model.keys import PostKey, StreamKey
from policies.model.people import Person
from storage.store import Store


def test_a_case_shows_all_that_is_needed(client: TestClient, links: Links, store: Store) -> None:
    numbers = seed_day(store)
    page = client.get(f"{enter(client, links)}/case/{numbers['urgent']}").text
    assert "Only Anna can make it" in page
    assert "I have passed this on to Anna" in page
    assert "arrived squashed" in page
    assert "Sun 22 Nov 2026, 13:32" in page  # Berlin; stored as 12:32 UTC
    assert 'href="https://x.com/lumenbakery/status/2"' in page


def test_an_edit_is_shown_word_by_word(client: TestClient, links: Links, store: Store) -> None:
    number = flagged(store, post(1, "Hi! We guarantee a refund today."), "guarantee")
    new = post(1, "Hello! We guarantee a refund today.", edited_at=NOW)
    save(store, [new])
    judge(store, new, [finding(new, "guarantee")], revision=2)
    page = client.get(f"{enter(client, links)}/case/{number}").text
    assert re.search(r"<del>.*Hi.*</del><ins>.*Hello.*</ins>", page)
    assert re.search(r"Hello! We <mark>.*guarantee.*</mark>", page)


def test_a_fix_is_believed_only_when_the_platform_shows_it(
    client: TestClient, links: Links, store: Store
) -> None:
    number = flagged(store, post(1, "We guarantee a refund."), "guarantee")
    path = f"{enter(client, links)}/case/{number}"
    answer = step(client, path, "claim_fix")
    assert answer.headers["location"] == f"/queue/lumen?done={number}"
    assert state(store, number) is FlaggedState.FIX_CLAIMED
    assert "We look at the post until we see it ourselves" in client.get(path).text
    new = post(1, "We look into it.", edited_at=NOW)
    save(store, [new])
    judge(store, new, [], revision=2)
    assert state(store, number) is FlaggedState.CLOSED
    page = client.get(path).text
    assert "Social oversight saw the fix on the platform" in page
    assert "<form" not in page


@pytest.mark.parametrize(
    ("who", "purpose", "action", "note", "leads_to"),
    [
        (KIT, Purpose.QUEUE, "answer", "It was late.", FlaggedState.ANSWERED),
        (KIT, Purpose.QUEUE, "claim_fix", "", FlaggedState.FIX_CLAIMED),
        (KIT, Purpose.QUEUE, "dispute", "That is our tone.", FlaggedState.DISPUTED),
        (ANNA, Purpose.DESK, "uphold", "Please edit it.", FlaggedState.UPHELD),
        (ANNA, Purpose.DESK, "accept", "", FlaggedState.CLOSED),
        (ANNA, Purpose.DESK, "false_alarm", "A figure of speech.", FlaggedState.CLOSED),
    ],
)
def test_every_step_is_taken_and_kept(
    client: TestClient,
    links: Links,
    store: Store,
    who: Person,
    purpose: Purpose,
    action: str,
    note: str,
    leads_to: FlaggedState,
) -> None:
    number = flagged(store, post(1, "We guarantee it"), "guarantee")
    path = f"{enter(client, links, who, purpose)}/case/{number}"
    answer = step(client, path, action, note)
    assert answer.status_code == 303
    case = store.cases.get(BRAND, number).case
    assert case.state is leads_to
    (event,) = case.events
    assert (event.actor, event.action, event.note, event.at) == (who.id, action, note, NOW)
    assert 'role="status"' in client.get(answer.headers["location"]).text


@pytest.mark.parametrize("action", ["answer", "dispute"])
@pytest.mark.parametrize("note", ["", "  \r\n "])
def test_words_are_asked_for_where_they_are_needed(
    client: TestClient, links: Links, store: Store, action: str, note: str
) -> None:
    number = flagged(store, post(1, "We guarantee it"), "guarantee")
    answer = step(client, f"{enter(client, links)}/case/{number}", action, note)
    assert answer.status_code == 422
    assert "needs a few words" in answer.text
    assert state(store, number) is FlaggedState.OPEN


def test_a_text_that_is_too_long_is_kept_and_refused(client: TestClient, links: Links, store: Store) -> None:
    number = flagged(store, post(1, "We guarantee it"), "guarantee")
    answer = step(client, f"{enter(client, links)}/case/{number}", "answer", "ä" * 4_001)
    assert answer.status_code == 422
    assert "ä" * 4_001 in answer.text
    assert state(store, number) is FlaggedState.OPEN


@pytest.mark.parametrize("action", ["uphold", "accept", "fix_seen", "found_again", "drop table", ""])
def test_the_agency_cannot_take_the_steps_of_others(
    client: TestClient, links: Links, store: Store, action: str
) -> None:
    number = flagged(store, post(1, "We guarantee it"), "guarantee")
    answer = step(client, f"{enter(client, links)}/case/{number}", action, "please")
    assert answer.status_code == 422
    assert "please" in answer.text
    assert state(store, number) is FlaggedState.OPEN


def test_a_case_that_moved_on_keeps_the_typed_text(client: TestClient, links: Links, store: Store) -> None:
    number = flagged(store, post(1, "We guarantee it"), "guarantee")
    path = f"{enter(client, links)}/case/{number}"
    filled = form(client, path, action="answer", note="Half an hour of typing <3")
    store.cases.act(BRAND, number, FlaggedAction.UPHOLD, person=ANNA, note="Please edit.", now=NOW)
    answer = client.post(path, data=filled, headers=OURS)
    assert answer.status_code == 409
    assert "has changed while you were writing" in answer.text
    assert "Half an hour of typing &lt;3" in answer.text
    assert "Please edit." in answer.text
    assert state(store, number) is FlaggedState.UPHELD
    again = fields(answer.text) | {"action": "answer", "note": "Half an hour of typing <3"}
    assert client.post(path, data=again, headers=OURS).status_code == 303
    assert state(store, number) is FlaggedState.ANSWERED


def test_a_closed_case_keeps_the_typed_text_to_copy(client: TestClient, links: Links, store: Store) -> None:
    number = flagged(store, post(1, "We guarantee it"), "guarantee")
    path = f"{enter(client, links)}/case/{number}"
    filled = form(client, path, action="dispute", note="Half an hour of typing")
    store.cases.act(BRAND, number, FlaggedAction.ACCEPT, person=ANNA, note="", now=NOW)
    for seen in (filled["seen"], "1"):  # the second as if it closed between our look and the step
        answer = client.post(path, data=filled | {"seen": seen}, headers=OURS)
        assert answer.status_code == 409
        assert "Half an hour of typing" in answer.text
        assert "<form" not in answer.text


def test_a_brand_has_no_cases_of_another(client: TestClient, links: Links, store: Store) -> None:
    theirs = replace(
        post(1, "We guarantee it"), key=PostKey(platform="x", account="othershop", external_id="1")
    )
    shop = StreamKey(account=theirs.key.account_key, stream="own")
    save(store, [theirs], brand="other", stream=shop)
    (number,) = judge(store, theirs, [finding(theirs, "guarantee")], brand="other")
    assert client.get(f"{enter(client, links)}/case/{number}").status_code == 404
    assert store.cases.get("other", number).post.key == theirs.key
