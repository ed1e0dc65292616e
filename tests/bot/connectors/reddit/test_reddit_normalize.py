"""Reddit things -> posts: every recording, the shapes of what is gone, and any junk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.connectors.reddit.normalize import fullname, normalize
from bot.connectors.shared.raw import UnreadableItem
from policies.model.post import Direction, Kind, Media, Post

SEEN = datetime(2026, 11, 22, tzinfo=UTC)
FIELDS = [
    "name",
    "id",
    "author",
    "created_utc",
    "edited",
    "permalink",
    "context",
    "body",
    "parent_id",
    "link_id",
    "title",
    "selftext",
    "is_self",
    "url",
    "removed_by_category",
    "media",
    "media_metadata",
]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


def comment(**fields: Any) -> dict[str, Any]:
    data = {
        "name": "t1_abc",
        "author": "somecustomer",
        "body": "hello",
        "created_utc": 1_700_000_000.0,
        "edited": False,
        "parent_id": "t1_aaa",
        "link_id": "t3_xyz",
        "permalink": "/r/cakes/comments/xyz/title/abc/",
    }
    return {"kind": "t1", "data": {**data, **fields}}


def submission(**fields: Any) -> dict[str, Any]:
    data = {
        "name": "t3_xyz",
        "author": "ExampleBrand",
        "title": "A title",
        "selftext": "",
        "is_self": True,
        "created_utc": 1_700_000_000.0,
        "edited": False,
        "permalink": "/r/cakes/comments/xyz/title/",
        "removed_by_category": None,
    }
    return {"kind": "t3", "data": {**data, **fields}}


def read(payload: object) -> Post:
    return normalize(payload, account="examplebrand", seen_at=SEEN)


def things(value: Any) -> Iterator[dict[str, Any]]:
    """Every comment and submission anywhere in an answer."""
    if isinstance(value, dict):
        if value.get("kind") in ("t1", "t3") and isinstance(value.get("data"), dict):
            yield value
        for item in value.values():
            yield from things(item)
    if isinstance(value, list):
        for item in value:
            yield from things(item)


@pytest.mark.shared_data
def test_reads_every_recorded_thing(shared_data: Path) -> None:
    files = sorted((shared_data / "recordings" / "reddit").glob("*.json"))
    counts = {path.name: 0 for path in files}
    for path in files:
        for interaction in json.loads(path.read_text())["interactions"]:
            body = interaction["response"]["body"]["string"]
            for thing in things(json.loads(body)):
                post = read(thing)
                counts[path.name] += 1
                assert post.key.external_id == thing["data"]["name"]
                assert post.created_at.timestamp() == thing["data"]["created_utc"]
                assert post.thread_id.startswith("t3_")
                assert (post.parent_id or "t").startswith("t")
                assert "replies" not in post.raw["data"]
                assert "&amp;" not in post.text or "&amp;" in str(thing["data"])
    assert all(counts.values())
    assert sum(counts.values()) > 1000


@pytest.mark.shared_data
def test_recorded_deletions_are_recognised(shared_data: Path) -> None:
    path = shared_data / "recordings" / "reddit" / "TestReddit.test_info.json"
    found = [
        thing
        for interaction in json.loads(path.read_text())["interactions"]
        for thing in things(json.loads(interaction["response"]["body"]["string"]))
    ]
    gone = [t for t in found if t["data"].get("body") in ("[deleted]", "[removed]")]
    assert gone
    assert all(read(t).deleted_at == SEEN for t in gone)
    assert any(read(t).deleted_at is None for t in found)


def test_a_comment() -> None:
    post = read(comment())
    assert (post.key.external_id, post.parent_id, post.thread_id) == ("t1_abc", "t1_aaa", "t3_xyz")
    assert (post.kind, post.direction, post.text) == (Kind.COMMENT, Direction.INBOUND, "hello")
    assert post.permalink == "https://www.reddit.com/r/cakes/comments/xyz/title/abc/"
    assert post.deleted_at is None


def test_a_submission_is_title_and_text_and_handles_know_no_case() -> None:
    post = read(submission(selftext="More"))
    assert (post.text, post.kind, post.direction, post.parent_id) == (
        "A title\n\nMore",
        Kind.POST,
        Direction.OUTBOUND,
        None,
    )


def test_an_inbox_entry_finds_its_thread_in_its_link() -> None:
    entry = comment(link_id=None, permalink=None, context="/r/cakes/comments/q1w2/title/abc/?context=3")
    post = read(entry)
    assert post.thread_id == "t3_q1w2"
    assert post.permalink == "https://www.reddit.com/r/cakes/comments/q1w2/title/abc/"


@pytest.mark.parametrize(
    ("edited", "at"),
    [(False, None), (True, None), (None, None), (1_700_000_060, 1_700_000_060.0), (1.7e9, 1.7e9)],
)
def test_edited_is_a_time_or_not_known(edited: Any, at: float | None) -> None:
    found = read(comment(edited=edited)).edited_at
    assert (found.timestamp() if found else None) == at


@pytest.mark.parametrize(
    "thing",
    [
        comment(body="[deleted]", author="[deleted]"),
        comment(body="[removed]", author=None),
        submission(selftext="[removed]", removed_by_category="moderator"),
        submission(selftext="[deleted]", author=None),
        submission(title="[deleted by user]", author="[deleted]", removed_by_category="deleted"),
    ],
)
def test_what_is_gone_is_dated(thing: dict[str, Any]) -> None:
    assert read(thing).deleted_at == SEEN


def test_somebody_may_write_the_word_deleted() -> None:
    assert read(comment(body="[deleted]")).deleted_at is None


def test_media() -> None:
    assert read(submission(is_self=False, url="https://i.redd.it/a.jpg")).media == (
        Media(kind="image", url="https://i.redd.it/a.jpg"),
    )
    assert read(submission(is_self=False, url="https://example.com/")).media == (
        Media(kind="link", url="https://example.com/"),
    )
    gallery = {
        "a": {"s": {"u": "https://preview.redd.it/a.png"}},
        "b": {"s": {"gif": "https://i.redd.it/b.gif"}},
    }
    assert {m.kind for m in read(submission(is_self=False, media_metadata=gallery)).media} == {"image", "gif"}
    video = {"reddit_video": {"fallback_url": "https://v.redd.it/x"}}
    assert read(submission(is_self=False, media=video, url="https://v.redd.it/y")).media == (
        Media(kind="video", url="https://v.redd.it/x"),
    )


@pytest.mark.parametrize(
    "payload",
    [
        None,
        "t1",
        {},
        {"kind": "t4", "data": {}},
        {"kind": "more", "data": {"children": []}},
        comment(body=None),
        comment(name="t1_../../x"),
        comment(name="t3_abc"),
        submission(title=None),
    ],
    ids=repr,
)
def test_what_is_no_thing_is_named_so(payload: object) -> None:
    with pytest.raises(UnreadableItem):
        read(payload)


@settings(deadline=None)
@given(json_values)
def test_any_json_is_a_post_or_unreadable(value: Any) -> None:
    _post_or_unreadable(value)
    fullname(value)


@settings(deadline=None)
@given(st.sampled_from([comment, submission]), st.dictionaries(st.sampled_from(FIELDS), json_values))
def test_any_json_in_known_fields_is_a_post_or_unreadable(make: Any, fields: dict[str, Any]) -> None:
    _post_or_unreadable(make(**fields))
    fullname(make(**fields))


@settings(deadline=None)
@given(st.text(max_size=50))
def test_a_text_loses_what_no_file_can_hold(text: str) -> None:
    post = read(comment(body=text))
    post.text.encode()
    assert "\0" not in post.text


def _post_or_unreadable(value: Any) -> None:
    try:
        post = read(value)
    except UnreadableItem:
        return
    assert isinstance(post, Post)
    post.text.encode()
    assert post.created_at.tzinfo is not None
