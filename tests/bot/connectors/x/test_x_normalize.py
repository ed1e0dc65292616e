"""X payloads -> posts: every recording, the shapes X documents, and any junk."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.connectors.shared.raw import UnreadableItem
from bot.connectors.x.ids import id_of, time_of_id
from bot.connectors.x.normalize import (
    Includes,
    WatchedProfile,
    newest_version,
    normalize,
    read_includes,
)
from policies.model.post import Direction, Kind, Media, Post

US = WatchedProfile(handle="examplebrand", id="17")
SEEN = datetime(2026, 6, 1, tzinfo=UTC)
FIRST, EDITED = "1577730467436138524", "1577733467436138524"

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
FIELDS = [
    "id",
    "text",
    "author_id",
    "conversation_id",
    "created_at",
    "in_reply_to_user_id",
    "lang",
    "source",
    "attachments",
    "entities",
    "edit_history_tweet_ids",
    "edit_history_post_ids",
    "note_tweet",
    "note_post",
    "referenced_tweets",
    "referenced_posts",
]


def tweet(**fields: Any) -> dict[str, Any]:
    return {
        "id": FIRST,
        "text": "hello",
        "author_id": "17",
        "created_at": "2022-10-05T18:40:30.000Z",
        **fields,
    }


def recorded(root: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each answer in the recordings, with the name of its file."""
    for path in sorted((root / "recordings" / "x").iterdir()):
        if path.suffix == ".json":
            yield path.name, json.loads(path.read_text())
            continue
        for interaction in yaml.safe_load(path.read_text())["interactions"]:
            body = interaction["response"]["body"]["string"]
            yield path.name, json.loads(gzip.decompress(body) if isinstance(body, bytes) else body)


def tweets_of(answer: dict[str, Any]) -> list[dict[str, Any]]:
    data = answer["data"] if isinstance(answer["data"], list) else [answer["data"]]
    return data + answer.get("includes", {}).get("tweets", [])


@pytest.mark.shared_data
def test_reads_every_recorded_payload(shared_data: Path) -> None:
    seen = 0
    for name, answer in recorded(shared_data):
        includes = read_includes(answer.get("includes"))
        for payload in tweets_of(answer):
            post = normalize(payload, account=US, seen_at=SEEN, includes=includes)
            seen += 1
            assert post.version_id == payload["id"], name
            assert post.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") == payload[
                "text"
            ] or ("&" not in payload["text"] and post.text == payload["text"]), name
            if "created_at" in payload:
                assert post.created_at == datetime.fromisoformat(payload["created_at"]), name
            else:
                assert post.created_at == time_of_id(int(payload["id"])), name
            json.dumps(dict(post.raw), ensure_ascii=False).encode()
    assert seen >= 40


@pytest.mark.shared_data
def test_the_time_in_an_id_is_the_time_x_says(shared_data: Path) -> None:
    for _, answer in recorded(shared_data):
        for payload in tweets_of(answer):
            if "created_at" in payload:
                told = datetime.fromisoformat(payload["created_at"])
                at = time_of_id(int(payload["id"]))
                assert at is not None
                assert abs((at - told).total_seconds()) < 2


@pytest.mark.shared_data
def test_recorded_includes_name_people(shared_data: Path) -> None:
    answer = json.loads((shared_data / "recordings" / "x" / "search_tweets_query.json").read_text())
    includes = read_includes(answer["includes"])
    posts = [
        normalize(t, account=WatchedProfile(handle="snowman", id=None), seen_at=SEEN, includes=includes)
        for t in answer["data"]
    ]
    assert {p.author for p in posts if p.outbound} == {"snowman"}
    assert all(p.author_name and not p.author.isdigit() for p in posts)
    assert any(p.kind is Kind.REPLY and p.parent_id for p in posts)


def test_our_post_is_outbound_and_anothers_inbound() -> None:
    assert normalize(tweet(), account=US, seen_at=SEEN).direction is Direction.OUTBOUND
    other = normalize(tweet(author_id="18"), account=US, seen_at=SEEN)
    assert (other.direction, other.author, other.permalink) == (
        Direction.INBOUND,
        "18",
        f"https://x.com/i/status/{FIRST}",
    )


def test_an_edit_keeps_the_first_id_and_tells_both_times() -> None:
    post = normalize(
        tweet(id=EDITED, edit_history_tweet_ids=[FIRST, EDITED], created_at="2022-10-05T18:52:26.000Z"),
        account=US,
        seen_at=SEEN,
    )
    assert (post.key.external_id, post.version_id, post.thread_id) == (FIRST, EDITED, FIRST)
    assert post.created_at == time_of_id(int(FIRST))
    assert post.edited_at == datetime(2022, 10, 5, 18, 52, 26, tzinfo=UTC)


def test_the_first_version_is_no_edit_though_a_later_one_exists() -> None:
    post = normalize(tweet(edit_history_tweet_ids=[FIRST, EDITED]), account=US, seen_at=SEEN)
    assert post.edited_at is None
    assert newest_version(dict(post.raw)) == EDITED


@pytest.mark.parametrize("prefix", ["tweet", "post"])
def test_old_and_new_names_say_the_same(prefix: str) -> None:
    payload = {
        "id": EDITED,
        "text": "short…",
        "author_id": "17",
        "created_at": "2022-10-05T18:52:26.000Z",
        f"edit_history_{prefix}_ids": [FIRST, EDITED],
        f"note_{prefix}": {"text": "the whole long text"},
        f"referenced_{prefix}s": [{"type": "quoted", "id": "4"}, {"type": "replied_to", "id": "5"}],
        "conversation_id": "3",
    }
    post = normalize(payload, account=US, seen_at=SEEN)
    assert (post.key.external_id, post.text, post.parent_id, post.thread_id) == (
        FIRST,
        "the whole long text",
        "5",
        "3",
    )


def test_only_the_three_escapes_are_undone() -> None:
    assert (
        normalize(tweet(text="a &lt;b&gt; &amp;amp; &copy; &#39;"), account=US, seen_at=SEEN).text
        == "a <b> &amp; &copy; &#39;"
    )


def test_media_with_alt_text_and_where_links_lead() -> None:
    includes = read_includes(
        {
            "media": [
                {"media_key": "3_1", "type": "photo", "url": "https://pbs/1.jpg", "alt_text": "A cake"},
                {"media_key": "7_2", "type": "video", "preview_image_url": "https://pbs/2.jpg"},
                {"type": "no key"},
                "junk",
            ]
        }
    )
    urls = [
        {"url": "https://t.co/a", "expanded_url": "https://example.com/menu"},
        {"url": "https://t.co/b", "expanded_url": f"https://x.com/examplebrand/status/{FIRST}/photo/1"},
        {"url": "https://t.co/c", "expanded_url": "https://example.com/menu"},
    ]
    post = normalize(
        tweet(attachments={"media_keys": ["3_1", "7_2", "3_9"]}, entities={"urls": urls}),
        account=US,
        seen_at=SEEN,
        includes=includes,
    )
    assert post.media == (
        Media(kind="image", url="https://pbs/1.jpg", alt_text="A cake"),
        Media(kind="video", url="https://pbs/2.jpg"),
        Media(kind="link", url="https://example.com/menu"),
    )


@pytest.mark.parametrize(
    ("tag", "lang"), [("en", "en"), ("und", None), ("qme", None), (None, None), ("pt-BR", "pt")]
)
def test_language_is_iso_639_1_or_nothing(tag: str | None, lang: str | None) -> None:
    assert normalize(tweet(lang=tag), account=US, seen_at=SEEN).lang == lang


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        "text",
        {},
        {"id": "1"},
        {"text": "no id"},
        {"id": "12a", "text": ""},
        tweet(text=None),
        tweet(id="9" * 25),
    ],
    ids=repr,
)
def test_what_is_no_post_is_named_so(payload: object) -> None:
    with pytest.raises(UnreadableItem):
        normalize(payload, account=US, seen_at=SEEN)


def test_deep_nesting_is_refused() -> None:
    deep: Any = "x"
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(UnreadableItem):
        normalize(tweet(entities=deep), account=US, seen_at=SEEN)


@settings(deadline=None)
@given(json_values)
def test_any_json_is_a_post_or_unreadable(value: Any) -> None:
    _post_or_unreadable(value)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS), json_values))
def test_any_json_in_known_fields_is_a_post_or_unreadable(fields: dict[str, Any]) -> None:
    _post_or_unreadable(tweet(**fields))
    id_of(fields)
    newest_version(fields)


@settings(deadline=None)
@given(st.text(st.characters(), max_size=50))
def test_a_text_loses_what_no_file_can_hold(text: str) -> None:
    post = normalize(tweet(text=text), account=US, seen_at=SEEN)
    post.text.encode()
    assert "\0" not in post.text


def test_lone_surrogates_and_nul_become_replacement_characters() -> None:
    post = normalize(
        json.loads('{"id":"1577730467436138524","text":"a\\ud800b\\u0000c \\ud83d\\ude00"}'),
        account=US,
        seen_at=SEEN,
    )
    assert post.text == "a\ufffdb\ufffdc \U0001f600"


def test_a_hundred_thousand_characters() -> None:
    assert len(normalize(tweet(note_tweet={"text": "å" * 100_000}), account=US, seen_at=SEEN).text) == 100_000


@settings(deadline=None)
@given(json_values)
def test_any_includes_are_read_as_far_as_they_go(value: Any) -> None:
    assert isinstance(read_includes(value), Includes)
    assert isinstance(read_includes({"media": value, "users": value}), Includes)


def _post_or_unreadable(value: Any) -> None:
    try:
        post = normalize(value, account=US, seen_at=SEEN)
    except UnreadableItem:
        return
    assert isinstance(post, Post)
    post.text.encode()
    assert post.created_at.tzinfo is not None
