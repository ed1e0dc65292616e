"""Examples from verdicts: any text reads back, rules get them as cases, versions stay."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_helpers import NOW, pack, post

from policies import casetest
from policies.learned import Lesson, fits, read_lessons, shown, taught, written
from policies.loader import load
from policies.located_yaml import BadYaml
from policies.model.post import Direction
from policies.rules import LONGEST_CASE, TestCase

CHECK = {"check": {"terms": ["bread"]}}


def lesson(text: str = "our bread", *, sort: str = "ok", rule: str = "a-rule", **example: Any) -> Lesson:
    return Lesson(
        rule=rule,
        sort=sort,  # type: ignore[arg-type]
        case=12,
        decided_at=NOW,
        decided_by="anna",
        example=TestCase(text=text, **example),
    )


def round_trip(folder: Path, *lessons: Lesson) -> tuple[Lesson, ...]:
    path = folder / "learned.yaml"
    path.write_text(written(lessons), encoding="utf-8", newline="")
    return read_lessons(path)


NASTY = [
    "",
    " ",
    "\n",
    "a\r\nb\rc\n\n d\n",
    "- rule: x\n  sort: ok",
    "# no comment",
    "null", "true", "no", "1e5", "0x1f", "12:30", "2026-11-22", "~", "=", "<<", "---", "...", "- ", "? ", ": ",
    "'\"\\'\"", "{a: [b}", "*alias", "&anchor", "!!python/object:os.system", "%YAML", "@x", "`", "|", ">",
    "\t tab", "\x00\x07\x1b[31m\x7f\x85\xa0\u2028\u2029\ufeff\ufffe\uffff", "\U0001f950\U0010ffff", "שלום ‮x",
    "x" * LONGEST_CASE,
]  # fmt: skip


@pytest.mark.parametrize("text", NASTY)
def test_nasty_texts_read_back_equal(tmp_path: Path, text: str) -> None:
    one = lesson(text, reply_to=text, alt=(text, None), rule="no")
    assert round_trip(tmp_path, one, one) == (one, one)


@given(text=st.text(), asked=st.text())
@settings(max_examples=300, deadline=None)
def test_any_text_reads_back_equal(tmp_path_factory: pytest.TempPathFactory, text: str, asked: str) -> None:
    one = lesson(text, reply_to=asked, at=datetime(2026, 1, 2, tzinfo=UTC))
    assert round_trip(tmp_path_factory.mktemp("learned"), one) == (one,)


def test_halves_of_characters_are_joined_or_replaced() -> None:
    example = shown(post("a\ud83d\ude00b\ud83dc"), post("\udc00?", direction=Direction.INBOUND))
    assert (example.text, example.reply_to) == ("a\U0001f600b\ufffdc", "\ufffd?")
    assert not fits(post("x" * (LONGEST_CASE + 1)))


def test_no_file_and_an_empty_file_of_ours_have_no_examples(tmp_path: Path) -> None:
    assert read_lessons(tmp_path / "missing.yaml") == ()
    assert round_trip(tmp_path) == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("learned:\n- rule: x\n  sort: maybe\n", ":3:9: "),
        ("learned:\n- rule: x\n  srot: ok\n", "Did you mean 'sort'?"),
        ("rules: []\n", "no field 'rules'"),
        ("learned: [\n", "is not YAML"),
        ("", ""),
        ("\x00", "control character"),
    ],
)
def test_what_is_wrong_in_the_file_is_said_with_its_place(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "learned.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadYaml, match=r"learned\.yaml") as caught:
        read_lessons(path)
    assert words in str(caught.value)


def test_rules_get_examples_as_cases_and_keep_their_version(tmp_path: Path) -> None:
    book = load([pack(tmp_path, {**CHECK, "cases": {"flag": ["bread"], "ok": ["cake"]}})])
    lessons = [lesson("dry bread", sort="flag"), lesson("breadth", reply_to="How?"), lesson(rule="gone")]
    new = taught(book, lessons)
    (rule,) = new.rules
    assert [case.text for case in rule.rule.cases.flag] == ["bread", "dry bread"]
    assert [(case.text, case.reply_to) for case in rule.rule.cases.ok] == [
        ("cake", None),
        ("breadth", "How?"),
    ]
    assert (new.version, rule.version) == (book.version, book.rules[0].version)
    assert casetest.run(new).misses == ()


def test_an_example_against_the_rule_is_a_miss_that_names_the_verdict(tmp_path: Path) -> None:
    book = taught(load([pack(tmp_path, CHECK)]), [lesson("our bread"), lesson("our cake", sort="flag")])
    said = [str(miss) for miss in casetest.run(book).misses]
    assert len(said) == 2
    assert all("Learned from case 12, decided by anna on 2026-06-03." in line for line in said)


def test_rules_that_are_taken_over_changed_or_extended_learn_by_their_own_id(tmp_path: Path) -> None:
    own = pack(
        tmp_path,
        {**CHECK, "id": "mine"},
        {"id": "like-swears", "extends": "swear-words"},
        extends=["starter"],
        overrides={"swear-words": {"severity": "info"}},
    )
    book = taught(
        load([own]), [lesson("taken over", rule="swear-words"), lesson("extended", rule="like-swears")]
    )

    def examples(name: str) -> set[str]:
        rule = book.rule(name)
        assert rule is not None
        return {case.text for case in rule.rule.cases.ok} & {"taken over", "extended"}

    assert examples("swear-words") == {"taken over"}
    assert examples("like-swears") == {"extended"}
