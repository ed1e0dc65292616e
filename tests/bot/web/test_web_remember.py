"""The owner's wish to keep a text as an example, from the form to the brand's file."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient
from web_client import OURS, enter, form
from web_seed import ANNA, BRAND, KIT, NOW, finding, flagged, judge, post, save

from bot.links import Links, Purpose
from bot.queue.embedded import EmbeddedQueue
from bot.queue.port import Job, Subject
from policies.model.post import Direction
from policies.rules import LONGEST_CASE
from storage.store import Store

LABEL = "Remember this answer for next time"
BOX = re.compile(r'<input type="checkbox" name="remember" value="yes"( checked)?')


def desk(client: TestClient, links: Links, number: int) -> str:
    return f"{enter(client, links, ANNA, Purpose.DESK)}/case/{number}"


def test_the_owner_is_offered_one_box_unchecked_and_the_agency_none(
    client: TestClient, links: Links, store: Store
) -> None:
    number = flagged(store, post(1, "We guarantee it"), "guarantee")
    page = client.get(desk(client, links, number)).text
    assert LABEL in page
    assert [found[1] for found in BOX.finditer(page)] == [None]
    single = enter(client, links, ANNA, Purpose.CASE, case=number)
    assert LABEL in client.get(single).text
    assert LABEL not in client.get(f"{enter(client, links, KIT)}/case/{number}").text


@pytest.mark.parametrize(("action", "sort"), [("false_alarm", "ok"), ("uphold", "flag"), ("accept", "flag")])
def test_a_checked_box_keeps_the_text_with_the_verdict(
    client: TestClient, links: Links, store: Store, action: str, sort: str
) -> None:
    asked = post(1, "Money back?", direction=Direction.INBOUND, author="mara")
    reply = post(2, "We guarantee: «it»\n# 100%", thread="1")
    save(store, [asked, reply])
    (number,) = judge(store, reply, [finding(reply, "guarantee")])
    queue = EmbeddedQueue(store)
    queue.ensure(Job(name="learn", subject=Subject(brand=BRAND)), due_at=NOW.replace(year=2030))
    path = desk(client, links, number)
    answer = client.post(path, data=form(client, path, action=action, note="", remember="yes"), headers=OURS)
    assert answer.status_code == 303
    assert "We will remember it." in client.get(answer.headers["location"]).text
    (lesson,) = store.examples.find(BRAND)
    assert (lesson.rule, lesson.sort, lesson.case, lesson.decided_by, lesson.decided_at) == (
        "no-refund-promise",
        sort,
        number,
        "anna",
        NOW,
    )
    assert (lesson.example.text, lesson.example.reply_to) == ("We guarantee: «it»\n# 100%", "Money back?")
    assert [due.job.name for due in queue.due(NOW)] == ["learn"], "the daemon is woken to write the file"
    (line,) = store.audit.find(BRAND, limit=1)
    assert line.detail["remembered"] == ["no-refund-promise"]


def test_an_unchecked_box_keeps_nothing(client: TestClient, links: Links, store: Store) -> None:
    number = flagged(store, post(1, "We guarantee it"), "guarantee")
    path = desk(client, links, number)
    answer = client.post(path, data=form(client, path, action="accept", note=""), headers=OURS)
    assert "is kept as an example" not in client.get(answer.headers["location"]).text
    assert store.examples.find(BRAND) == []


def test_a_form_sent_twice_keeps_one(client: TestClient, links: Links, store: Store) -> None:
    number = flagged(store, post(1, "We guarantee it"), "guarantee")
    path = desk(client, links, number)
    filled = form(client, path, action="uphold", note="", remember="yes")
    assert {client.post(path, data=filled, headers=OURS).status_code for _ in range(3)} == {303}
    assert len(store.examples.find(BRAND)) == 1


def test_the_agency_cannot_have_a_text_remembered(client: TestClient, links: Links, store: Store) -> None:
    number = flagged(store, post(1, "We guarantee it"), "guarantee")
    path = f"{enter(client, links, KIT)}/case/{number}"
    answer = client.post(
        path, data=form(client, path, action="answer", note="x", remember="yes"), headers=OURS
    )
    assert answer.headers["location"] == f"/queue/lumen?done={number}"
    assert store.examples.find(BRAND) == []


def test_the_box_stays_checked_when_something_is_wrong(
    client: TestClient, links: Links, store: Store
) -> None:
    number = flagged(store, post(1, "We guarantee it"), "guarantee")
    path = desk(client, links, number)
    answer = client.post(path, data=form(client, path, action="", note="so", remember="yes"), headers=OURS)
    assert answer.status_code == 422
    assert [found[1] for found in BOX.finditer(answer.text)] == [" checked"]
    assert store.examples.find(BRAND) == []


def test_a_text_that_is_too_long_for_an_example_is_not_offered(
    client: TestClient, links: Links, store: Store
) -> None:
    number = flagged(store, post(1, "We guarantee it " + "x" * LONGEST_CASE), "guarantee")
    path = desk(client, links, number)
    assert LABEL not in client.get(path).text
    filled = form(client, path, action="accept", note="", remember="yes")
    answer = client.post(path, data=filled, headers=OURS)
    assert answer.headers["location"] == f"/desk/lumen?done={number}"
    assert store.examples.find(BRAND) == []
