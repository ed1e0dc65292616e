"""Odd items keep the post, odd times and ids are kept as told, and what cannot be read is asked for again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.connectors.reddit.normalize import normalize as from_reddit
from bot.connectors.shared.raw import UnreadableItem
from bot.connectors.shared.unread import MOST, TRIES, asked, noted
from bot.connectors.x.cursor import XCursor
from bot.connectors.x.ids import can_be, id_at, time_of_id
from bot.connectors.x.normalize import WatchedProfile
from bot.connectors.x.normalize import normalize as from_x
from policies.model.post import Post

SEEN = datetime(2026, 11, 22, 12, tzinfo=UTC)
WRITTEN = datetime(2026, 11, 20, 9, tzinfo=UTC)
ID = id_at(WRITTEN)


def x(**fields: Any) -> Post:
    item = {"id": str(ID), "text": "Loaf", "author_id": "17", "created_at": WRITTEN.isoformat(), **fields}
    return from_x(item, account=WatchedProfile(handle="crumb", id="17"), seen_at=SEEN)


def reddit(kind: str = "t3", **fields: Any) -> Post:
    words = {"title": "Loaf"} if kind == "t3" else {"body": "Loaf"}
    data = {"name": f"{kind}_ab", "author": "crumb", "created_utc": WRITTEN.timestamp(), **words, **fields}
    return from_reddit({"kind": kind, "data": data}, account="crumb", seen_at=SEEN)


@pytest.mark.parametrize(
    "odd",
    [
        {"author_id": None},
        {"author_id": {"id": 17}},
        {"conversation_id": ["1"]},
        {"in_reply_to_user_id": False},
        {"lang": {"code": "en"}},
        {"source": ["app"]},
        {"attachments": None},
        {"attachments": {"media_keys": [None, "3_1", {"k": 1}]}},
        {"attachments": {"media_keys": "3_1"}},
        {"entities": None},
        {"entities": {"urls": [None, {"url": 1, "expanded_url": {}}, {"expanded_url": "https://a.example"}]}},
        {"edit_history_tweet_ids": None},
        {"edit_history_tweet_ids": [None, str(ID)]},
        {"note_tweet": None},
        {"note_tweet": {"entities": {}}},
        {"referenced_tweets": None},
        {"referenced_tweets": [{"type": "replied_to"}, None, "x"]},
    ],
    ids=repr,
)
def test_a_field_of_the_wrong_form_does_not_cost_the_post_on_x(odd: dict[str, Any]) -> None:
    post = x(**odd)
    assert (post.text, post.created_at, post.told_at) == ("Loaf", WRITTEN, None)
    assert post.key.external_id == str(ID)
    assert post.raw[next(iter(odd))] == next(iter(odd.values())), "what was sent is kept as it was sent"


@pytest.mark.parametrize("kind", ["t1", "t3"])
@pytest.mark.parametrize(
    "odd",
    [
        {"author": ["crumb"]},
        {"edited": {"at": 1}},
        {"edited": "yes indeed"},
        {"permalink": 5.5},
        {"parent_id": {"x": 1}},
        {"link_id": []},
        {"selftext": {"t": 1}},
        {"is_self": None},
        {"url": ["https://a.example"]},
        {"removed_by_category": {"by": "x"}},
        {"media": {"reddit_video": "no"}},
        {"media_metadata": {"a": None, "b": {"s": {"u": 7}}, "c": {"s": []}}},
        {"gallery_data": {"items": [None, {"caption": 3}, {"caption": {}}]}},
        {"poll_data": {"options": [{"text": None}]}},
        {"created_utc": "yesterday"},
    ],
    ids=repr,
)
def test_a_field_of_the_wrong_form_does_not_cost_the_post_on_reddit(odd: dict[str, Any], kind: str) -> None:
    post = reddit(kind, **odd)
    assert post.text.startswith("Loaf")
    assert post.key.external_id == f"{kind}_ab"


@pytest.mark.parametrize("odd", [{"text": None}, {"text": {}}, {"id": None}, {"id": " 12"}, {"id": "-12"}])
def test_without_its_words_or_its_id_it_is_no_post(odd: dict[str, Any]) -> None:
    with pytest.raises(UnreadableItem):
        x(**odd)


@pytest.mark.parametrize(
    "told",
    [
        "9999-12-31T23:59:59Z",
        "2026-11-24T12:00:01Z",  # more than a day ahead
        "1969-07-20T20:17:00Z",
        "2001-01-01T00:00:00Z",  # before there was such a platform
        "1448-06-07T09:00:00Z",  # the Islamic year
        "2569-11-20T09:00:00Z",  # the Buddhist one
        "0008-11-20T09:00:00+09:00",  # the Japanese one
    ],
)
def test_a_time_that_cannot_be_is_kept_as_told_and_not_computed_with(told: str) -> None:
    at = datetime.fromisoformat(told)
    by_x, by_reddit = x(created_at=told), reddit(created_utc=at.timestamp())
    for post in (by_x, by_reddit):
        assert datetime.fromisoformat(post.told_at or "") == at
    assert by_x.created_at == time_of_id(ID), "X's ids tell a time, too"
    assert by_reddit.created_at == SEEN
    edited = x(id=str(ID + 1), edit_history_tweet_ids=[str(ID), str(ID + 1)], created_at=told)
    assert (edited.created_at, edited.edited_at) == (time_of_id(ID), time_of_id(ID + 1))
    assert reddit(edited=at.timestamp()).edited_at == SEEN


@pytest.mark.parametrize("told", ["令和8年11月20日", "20. 11. 2026", "soon", "\x1b[2Jnow", "1" * 5000])
def test_a_time_that_nobody_can_read_is_that_of_its_id_or_when_it_was_seen(told: str) -> None:
    assert (x(created_at=told).created_at, x(created_at=told).told_at) == (time_of_id(ID), told[:60])
    assert x(created_at=told, id="20").created_at == SEEN
    assert x(created_at=told, id="20").told_at == told[:60]
    assert reddit(created_utc=told).created_at == SEEN
    assert reddit(created_utc=float("inf")).created_at == SEEN


def test_ids_that_cannot_be_are_in_no_cursor() -> None:
    for number in (9999999999999999999, (1 << 63) - 1, id_at(SEEN) + (2 * 86_400_000 << 22), 0, -5):
        assert not can_be(number, SEEN)
        poisoned = {"user_id": "17", "since_id": number, "unread": {"5": 1}}
        healed = XCursor.resume(poisoned, SEEN)
        assert healed == XCursor(user_id="17", unread={"5": 1}), "what it hid is read again"
    assert can_be(20, SEEN)
    assert XCursor.resume({"since_id": ID, "user_id": "17"}, SEEN).since_id == ID
    for junk in ({"since_id": "soon"}, {"start": "tomorrow"}, {"top": [1]}):
        assert XCursor.resume(junk, SEEN) == XCursor()


def test_what_could_not_be_read_is_asked_for_a_few_times() -> None:
    unread: Any = noted({}, ["a", "b"])
    for tries in range(1, TRIES):
        after = asked(unread, ["a", "b"], ["a"] if tries > 1 else ["a", "b"])
        unread, given_up = after.unread, after.given_up
        assert not given_up
    assert asked(unread, ["a"], ["a"]).given_up == ("a",)
    assert "b" not in unread
    assert len(noted({}, map(str, range(5 * MOST)))) == MOST
