"""Ids that cannot be lead no pull astray, and what X sends oddly is asked for again."""

from __future__ import annotations

from typing import Any

import responses
from x_stage import ACCOUNT, NOW, TIMELINE, Unlimited, connector

from bot.connectors.shared.unread import TRIES
from bot.connectors.x.ids import id_at
from bot.ports import Page

LOOKUP = "https://api.twitter.com/2/tweets"
ID = id_at(NOW) - 1_000_000
HUGE = 9999999999999999999


def tweet(number: int | str, **fields: Any) -> dict[str, Any]:
    return {"id": str(number), "text": f"number {number}", "author_id": "17", **fields}


def pulled(cursor: dict[str, Any], *items: Any, again: Any = None) -> list[Page]:
    with responses.RequestsMock() as net:
        if again is not None:
            net.get(LOOKUP, json=again)
        net.get(TIMELINE, json={"data": list(items), "meta": {"result_count": len(items)}})
        return list(connector().pull(ACCOUNT, "own", cursor, Unlimited(), NOW))


def test_an_id_that_cannot_be_is_kept_and_hides_nothing() -> None:
    (page,) = pulled({"user_id": "17", "since_id": ID}, tweet(HUGE), tweet(ID + 1), tweet("+5"), tweet(" 7"))
    assert page.cursor["since_id"] == ID + 1
    assert [post.key.external_id for post in page.posts] == [str(HUGE), str(ID + 1)]
    assert [(note.code, note.count) for note in page.unchecked] == [("unreadable", 2)]
    assert {read.id for read in page.reads} == {str(HUGE), str(ID + 1)}


def test_a_first_walk_is_not_led_below_its_start() -> None:
    start = {"user_id": "17", "start": f"{NOW:%Y-%m-%dT%H:%M:%SZ}"}
    with responses.RequestsMock() as net:
        net.get(TIMELINE, json={"data": [tweet(ID), tweet(20)], "meta": {"next_token": "a"}})
        page = next(iter(connector().pull(ACCOUNT, "own", start, Unlimited(), NOW)))
    assert page.cursor["until"] == ID, "a walk that is taken up again goes on where it was"


def test_a_cursor_that_was_poisoned_before_is_healed() -> None:
    for number in (HUGE, id_at(NOW) << 2):
        (page,) = pulled({"user_id": "17", "since_id": number}, tweet(ID))
        assert [post.key.external_id for post in page.posts] == [str(ID)]
        assert page.cursor["since_id"] == ID


def test_what_could_not_be_read_is_asked_for_again_and_comes_late() -> None:
    cursor = {"user_id": "17", "since_id": ID}
    (page,) = pulled(cursor, tweet(ID + 1, text=None), tweet(ID + 2))
    assert page.cursor["unread"] == {str(ID + 1): 0}
    late, *_ = pulled(dict(page.cursor), again={"data": [tweet(ID + 1)]})
    assert [post.text for post in late.posts] == [f"number {ID + 1}"]
    assert "unread" not in late.cursor


def test_what_stays_unreadable_is_given_up_by_name() -> None:
    (page,) = pulled({"user_id": "17", "since_id": ID}, tweet(ID + 1, text=None))
    for tries in range(1, TRIES + 1):
        page, *_ = pulled(dict(page.cursor), again={"data": [tweet(ID + 1, text=None)]})
        assert page.cursor.get("unread", {}) == ({str(ID + 1): tries} if tries < TRIES else {})
    (note,) = page.unchecked
    assert (note.code, note.parts) == ("unreadable-left", {"ids": str(ID + 1)})


def test_where_x_answers_no_question_about_them_the_pull_goes_on() -> None:
    cursor = {"user_id": "17", "since_id": ID, "unread": {str(ID + 1): 1}}
    with responses.RequestsMock() as net:
        net.get(LOOKUP, status=503)
        net.get(TIMELINE, json={"data": [tweet(ID + 2)], "meta": {"result_count": 1}})
        (page,) = list(connector().pull(ACCOUNT, "own", cursor, Unlimited(), NOW))
    assert [post.text for post in page.posts] == [f"number {ID + 2}"]
    assert page.cursor["unread"] == {str(ID + 1): 1}
