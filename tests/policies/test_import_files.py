"""Files as people have them: what is readable is read, and nothing else is taken for a text to publish."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rule_helpers import NOW

from policies.import_files import Plain, read_posts


def post(name: str, text: str = "Fresh bread", **more: Any) -> dict[str, Any]:
    return {
        "platform": "x",
        "account": "bakery",
        "external_id": name,
        "direction": "outbound",
        "kind": "post",
        "author": "bakery",
        "created_at": "2026-06-01T12:00:00Z",
        "text": text,
        **more,
    }


def jsonl(*posts: dict[str, Any]) -> str:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in posts)


def names(content: bytes | str, *, judged: bool = True) -> list[str | tuple[int, str]]:
    """The id of each post, and the number and reason of each other line."""
    content = content.encode() if isinstance(content, str) else content
    how: dict[str, Any] = {"now": NOW, "plain": Plain.IN_PARTS} if judged else {}
    found = read_posts(content, **how)
    return [line.post.key.external_id if line.post else (line.number, line.problem) for line in found]


TWO = jsonl(post("1", "café"), post("2"))


@pytest.mark.parametrize("judged", [True, False])
@pytest.mark.parametrize(
    "content",
    [
        TWO.encode(),
        b"\xef\xbb\xbf" + TWO.replace("\n", "\r\n").encode(),
        TWO.replace("\n", "\r").encode(),
        b"\n \n" + TWO.rstrip().encode(),
        json.dumps([post("1"), post("2")]).encode(),
        b"\xef\xbb\xbf" + json.dumps([post("1"), post("2")], indent=2).replace("\n", "\r\n").encode(),
        json.dumps([post("1", raw={"a": [{}, {}]}), post("2", media=[{"kind": "image"}])], indent=1).encode(),
    ],
)
def test_forms_that_are_read(content: bytes, judged: bool) -> None:
    assert names(content, judged=judged) == ["1", "2"]


@pytest.mark.parametrize("judged", [True, False])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_with_our_columns_is_read(delimiter: str, judged: bool) -> None:
    columns = [*post("1"), "stars", "media"]
    quoted = ['"' + name + '"' for name in columns]
    rows = [delimiter.join(quoted)]
    for name in "12":
        cells = [*post(name, 'Two\nlines, a "quote"').values(), "4", '[{"kind": "video"}]']
        rows.append(delimiter.join('"' + str(cell).replace('"', '""') + '"' for cell in cells))
    found = list(read_posts("\r\n".join(rows).encode("utf-8-sig"), now=NOW if judged else None))
    assert [line.post.key.external_id for line in found if line.post] == ["1", "2"]
    assert [line.number for line in found] == [2, 4]
    first = found[0].post
    assert first is not None
    assert (first.text, first.raw["stars"], first.media[0].kind) == ('Two\nlines, a "quote"', 4, "video")


def test_a_table_says_of_each_row_what_is_wrong() -> None:
    rows = [
        "external_id,text,created_at",
        "1,bread,",
        "2,bread,yesterday",
        "3,a,2026-06-01T12:00:00Z,b",
        "4,,",
    ]
    content = "\n".join(rows).encode() + b"\n5,caf\xe9,\n6,rolls,\n"
    found = names(content)
    assert [one if isinstance(one, str) else one[0] for one in found] == ["1", 3, 4, 5, 6, "6"]
    assert [one[1][:12] for one in found if not isinstance(one, str)] == [
        "created_at i",
        "has 4 cells ",
        "lacks text",
        "is not UTF-8",
    ]


@pytest.mark.parametrize("judged", [True, False])
@pytest.mark.parametrize(
    ("content", "why"),
    [
        (TWO.encode("utf-16"), "is not UTF-8"),
        (TWO.encode("utf-16-le"), "is not UTF-8"),
        (TWO.encode("utf-16-be"), "is not UTF-8"),
        ("Fresh bread".encode("utf-16"), "is not UTF-8"),
        (b'window.YTD.tweets.part0 = [\n  {\n    "tweet" : {\n "full_text": "a" } } ]', "is a script"),
        (b'var tweets = [{"text": "a"}];', "is a script"),
        (b"id,date,tweet\n1,2026-06-01,Fresh bread\n", "a column `text`"),
        (b"Tweet id;Tweet text;Likes\r\n1;Fresh bread;4\r\n", "a column `text`"),
        (b"<!DOCTYPE html>\n<html></html>", "is HTML"),
        (b'<?xml version="1.0"?><posts/>', "is HTML or XML"),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00", "is a document, a picture or an archive"),
        (b"{\\rtf1\\ansi Fresh bread}", "is a document"),
        (b"%PDF-1.7\n", "is a document"),
        (b'["Fresh bread", "Warm rolls"]', "must be a JSON object"),
    ],
)
def test_what_is_something_else_is_refused_and_never_judged(content: bytes, why: str, judged: bool) -> None:
    found = names(content, judged=judged)
    assert found
    assert all(isinstance(one, tuple) and why in one[1] for one in found), found
    assert [one[0] for one in found if isinstance(one, tuple)][:1] == [1]


@pytest.mark.parametrize("judged", [True, False])
def test_a_bad_line_among_others_is_told_and_the_rest_is_kept(judged: bool) -> None:
    good = jsonl(post("1")).encode(), jsonl(post("2")).encode()
    for bad in (
        b"garbage\n",
        b'{"text": "caf\xe9"}\n',
        b'{"text": \n',
        b"[]\n",
        b'{"text": "a", "raw": NaN}\n',
    ):
        assert [n if isinstance(n, str) else n[0] for n in names(bad.join(good), judged=judged)] == [
            "1",
            2,
            "2",
        ]
        assert [n if isinstance(n, str) else n[0] for n in names(bad + b"".join(good), judged=judged)] == [
            1,
            "1",
            "2",
        ]


@pytest.mark.parametrize("bad", ['{"text": nonsense}', '{"text": "a", "raw": ' + "9" * 5000 + "}", "7", "{}"])
def test_a_bad_entry_of_a_list_is_told_and_the_rest_is_kept(bad: str) -> None:
    content = f"[\n{json.dumps(post('1'))},\n{bad},\n{json.dumps(post('2'))}\n]"
    assert [n if isinstance(n, str) else n[0] for n in names(content)] == ["1", 3, "2"]


def test_a_list_that_was_cut_off_keeps_what_was_whole() -> None:
    content = json.dumps([post("1"), post("2")], indent=1)
    assert [n if isinstance(n, str) else n[0] for n in names(content[:-60])] == ["1", 12]
    assert [
        n if isinstance(n, str) else n[0]
        for n in names(content.replace("Fresh", "Fr\xe9sh").encode("cp1252"))
    ] == [2, 12]


@pytest.mark.parametrize(
    "text",
    [
        "[Update] We are open, come in",
        "[[first_name]], thank you",
        "{first_name}, thank you for your order",
        "Bread, rolls, cake\nApples, plums, pears",
        "Bread; rolls; cake",
        "2 loaves = 1 free roll",
        "<3 for all of you",
        "One line,\nanother line,\n",
    ],
)
def test_a_text_to_publish_stays_one(text: str) -> None:
    lines = list(read_posts(text.encode(), now=NOW, plain=Plain.IN_PARTS))
    assert [line.post.text for line in lines if line.post] == [text.strip()]


def test_texts_are_parted_as_asked() -> None:
    content = "\ufeffone\r\ntwo\r\n---\r\nthree".encode()
    parts = read_posts(content, now=NOW, plain=Plain.IN_PARTS)
    assert [line.post.text for line in parts if line.post] == ["one\ntwo", "three"]
    each = read_posts(b'one\n\n{"text": "two"}\n\xff\n{\n', now=NOW, plain=Plain.ONE_A_LINE)
    assert [line.post.text if line.post else line.number for line in each] == ["one", "two", 4, 5]
    assert names(b"fine\ncaf\xe9") == [(2, "is not UTF-8")]


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04\x14\0\0\0",
        b"\x1f\x8b\x08\0\0",
        b"\x89PNG\r\n\x1a\n\0\0",
        b"\xff\xd8\xff\xe0\0",
        b"%PDF-1.7\0",
    ],
)
def test_what_is_no_text_is_called_by_its_name(content: bytes) -> None:
    [line] = read_posts(content, now=NOW)
    assert str(line.problem).startswith("is a document, a picture or an archive")


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_table_of_two_columns_is_no_list_of_drafts(delimiter: str) -> None:
    table = f"Date{delimiter}Text\n2026-06-01{delimiter}Hi\n".encode()
    lines = list(read_posts(table, now=NOW, plain=Plain.ONE_A_LINE))
    assert [line.post.text for line in lines if line.post] == ["Hi"]
