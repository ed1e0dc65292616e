"""One reader for every command that takes posts from a file."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from rule_helpers import NOW

from policies.import_format import BadLine, Fill, post_of_text, read_lines, read_post
from policies.model.post import Direction, Kind
from policies.platforms import PLATFORMS

WHOLE: dict[str, Any] = {
    "platform": "X",
    "account": "@bakery",
    "external_id": 7,
    "direction": "outbound",
    "kind": "post",
    "author": "bakery",
    "created_at": "2026-06-01T14:00:00+02:00",
    "text": "Fresh bread",
}
FILL = Fill(number=3, now=NOW)


def line(**changes: Any) -> str:
    return json.dumps({**WHOLE, **changes})


def test_a_whole_line_is_a_post() -> None:
    post = read_post(line(media=[{"kind": "video"}, {"url": "https://a.example/b.png"}], lang="en"))
    assert str(post.key) == "x/bakery/7"
    assert (post.thread_id, post.parent_id) == ("7", None)
    assert post.created_at == datetime(2026, 6, 1, 12, tzinfo=UTC)
    assert [(media.kind, media.url) for media in post.media] == [
        ("video", None),
        ("image", "https://a.example/b.png"),
    ]


@pytest.mark.parametrize("name", WHOLE)
def test_an_import_needs_every_field(name: str) -> None:
    with pytest.raises(BadLine, match=f"lacks {name}"):
        read_post(line(**{name: None}))


def test_stars_of_a_review_are_kept_with_what_the_platform_sent() -> None:
    assert read_post(line(stars=4, raw={"id": 1})).raw == {"id": 1, "stars": 4}


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("{", "is no JSON"),
        ("[]", "must be a JSON object"),
        ("[" * 99_999, "nested too deep"),
        (b'{"text": "caf\xe9"}', "is not UTF-8"),
        ('{"text": "a", "raw": {"n": NaN}}', "NaN is no number"),
        ('{"text": "a", "raw": {"n": ' + "1" * 5000 + "}}", "is no JSON"),
        ("{}", "lacks text"),
        ('{"text": 5}', "text must be text, not a number"),
        ('{"text": "a", "direction": "sideways"}', "one of outbound, inbound"),
        ('{"text": "a", "created_at": "yesterday"}', "write it like 2026-11-22T18:00:00Z"),
        ('{"text": "a", "created_at": "2026-11-22T18:00:00"}', "no time zone"),
        ('{"text": "a", "created_at": "0001-01-01T00:00:00+01:00"}', "no post is of the year 1$"),
        ('{"text": "a", "created_at": "9999-12-31T23:59:59-01:00"}', "no post is of the year 9999"),
        ('{"text": "a", "raw": {"n": 1e999}}', "too large a number"),
        ('{"text": "a"} {"text": "b"}', "something follows"),
        ('{"text": "a", "external_id": ""}', "external_id must be a short text"),
        ('{"text": "a", "media": {}}', "media must be a list"),
        ('{"text": "a", "stars": "five"}', "a number from 0 to 5"),
    ],
)
def test_a_bad_line_says_why(bad: str | bytes, why: str) -> None:
    with pytest.raises(BadLine, match=why):
        read_post(bad, FILL)


def test_a_post_to_judge_needs_no_more_than_a_text() -> None:
    post = read_post('{"text": "Fresh bread", "mine": 1}', FILL)
    assert (post.key.external_id, post.thread_id, post.created_at) == ("3", "3", NOW)
    assert (post.direction, post.kind, post.author) == (Direction.OUTBOUND, Kind.POST, post.key.account)
    assert post == post_of_text("Fresh bread", FILL)
    assert post.key.platform in PLATFORMS, "rules may name what is judged before it goes out"
    answer = read_post('{"text": "Yes", "parent_id": "q1", "external_id": "a1"}', FILL)
    assert (answer.kind, answer.thread_id, answer.key.external_id) == (Kind.REPLY, "q1", "a1")


def test_an_import_refuses_what_it_does_not_know() -> None:
    with pytest.raises(BadLine, match="unknown fields colour"):
        read_post(line(colour="red"))


def test_half_of_a_surrogate_pair_becomes_what_can_be_stored() -> None:
    post = read_post('{"text": "\\ud83d a \\ud83d\\ude00", "raw": {"\\udce9": ["\\udce9"]}}', FILL)
    assert post.text == "\ufffd a \U0001f600"
    assert post.raw == {"\ufffd": ["\ufffd"]}


def test_lines_keep_their_numbers_and_a_mark_in_front_is_no_part_of_them() -> None:
    content = b"\xef\xbb\xbf" + line().encode() + b"\r\n\n  \nrubbish\n" + line(external_id="8").encode()
    read = list(read_lines(content.split(b"\n")))
    assert [(one.number, one.post is not None) for one in read] == [(1, True), (4, False), (5, True)]
    assert "no JSON" in read[1].problem
