"""Untrusted text on pages: escaped, invisible characters named, matches marked at the right place."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from web_seed import NOW, finding, post

from bot.web import text
from policies.model.finding import Span
from storage.views import Revision

SIGN = re.compile(r'<span class="unseen" title="[^"]*">U\+([0-9A-F]{4,6})</span>')


def read_back(markup: str) -> str:
    """The text that a page shows, with the signs turned back into what they stand for."""
    bare = SIGN.sub(lambda match: chr(int(match[1], 16)), markup)
    return html.unescape(re.sub(r"<[^>]+>", "", bare))


@given(st.text())
def test_nothing_is_lost_and_nothing_is_markup(words: str) -> None:
    shown = text.inert(words)
    assert read_back(shown) == words.replace("\r\n", "\n").replace("\t", " ")
    assert "<" not in SIGN.sub("", shown)


@pytest.mark.parametrize(
    "character",
    [
        "\x00",
        "\x1b",
        "\x7f",
        "\x85",
        "\u200b",
        "\u202e",
        "\u2066",
        "\u2028",
        "\ufeff",
        "\ud800",
        "\u00ad",
        "\r",
    ],
)
def test_what_cannot_be_seen_is_named(character: str) -> None:
    shown = text.inert(f"a{character}b")
    assert f"U+{ord(character):04X}" in shown
    assert character not in shown


@pytest.mark.parametrize("words", ["👩‍👩‍👧", "می‌خواهم", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "क्‍ष", "e\u0301", "日本語\n二行目"])
def test_writing_that_needs_joiners_is_left_alone(words: str) -> None:
    assert text.inert(words) == words


def test_a_joiner_between_latin_letters_is_named() -> None:
    assert "U+200D" in text.inert("re\u200dfund")


def test_names_stay_on_one_line() -> None:
    assert "\n" not in text.inert_line("Kit\r\nBcc: all")


def test_marks_follow_code_points_not_bytes() -> None:
    words = "🍰🍰 <b>refund</b> today"
    at = words.index("refund")
    shown = text.marked(words, [Span(start=at, end=at + 6)])
    assert "&lt;b&gt;<mark>" in shown
    assert re.search(r"<mark>.*refund.*</mark>&lt;/b&gt;", shown)


@given(st.text(max_size=80), st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90)), max_size=6))
def test_overlapping_spans_never_double_the_text(words: str, pairs: list[tuple[int, int]]) -> None:
    spans = [Span(start=start, end=end) for start, end in pairs]
    bare = text.marked(words, spans)
    bare = bare.replace('<span class="vh">flagged: </span>', "").replace('<span class="vh"> (end)</span>', "")
    assert read_back(bare) == read_back(text.inert(words))


def test_a_long_post_is_folded_and_complete() -> None:
    words = "x" * 2_990 + " full refund " + "y" * 30_000
    at = words.index("full")
    folded = text.folded(words, [Span(start=at, end=at + 11)], limit=300)
    assert folded.short is not None
    assert re.search(r"<mark>.*full refund.*</mark>", folded.short)
    assert len(read_back(folded.short)) < 400
    bare = folded.whole.replace('<span class="vh">flagged: </span>', "")
    assert read_back(bare.replace('<span class="vh"> (end)</span>', "")) == words


@pytest.mark.parametrize(
    ("words", "fits"), [("x" * 300, True), ("x" * 301, False), ("\n" * 19 + "x\n" * 40, False)]
)
def test_what_fits_the_first_screen_is_whole(words: str, fits: bool) -> None:
    assert (text.folded(words, limit=300).short is None) is fits


def test_an_excerpt_begins_near_the_match() -> None:
    words = "word " * 400 + "guarantee" + " more" * 400
    at = words.index("guarantee")
    cut = text.excerpt(words, [Span(start=at, end=at + 9)], length=240)
    assert "<mark>" in cut
    assert len(read_back(cut)) < 300


def revision(number: int, words: str) -> Revision:
    return Revision(number=number, text=words, seen_at=NOW, edited_at=None)


def test_a_finding_of_an_older_revision_is_found_again_by_its_words() -> None:
    from storage.views import FoundAt

    old, new = "We guarantee it.", "Sorry, Mara! We guarantee it."
    found = FoundAt(finding=finding(post(1, old), "guarantee"), found_at=NOW, gone_at=None, revision=1)
    (span,) = text.spans_now([found], [revision(1, old), revision(2, new)], new)
    assert new[span.start : span.end] == "guarantee"


def test_a_finding_that_is_gone_marks_nothing() -> None:
    from storage.views import FoundAt

    found = FoundAt(
        finding=finding(post(1, "We guarantee it."), "guarantee"), found_at=NOW, gone_at=NOW, revision=1
    )
    assert text.spans_now([found], [revision(1, "We guarantee it.")], "We guarantee it.") == []


def test_the_diff_is_by_word() -> None:
    shown = text.word_diff("We guarantee a refund today.", "We look into a refund today.")
    assert re.search(r"<del>.*guarantee.*</del>", shown)
    assert re.search(r"<ins>.*look into.*</ins>", shown)
    assert '<del><span class="vh">removed: </span>refund' not in shown


@given(st.text(max_size=200), st.text(max_size=200))
def test_the_diff_holds_both_texts(old: str, new: str) -> None:
    shown = text.word_diff(old, new)
    assert read_back(_without(shown, "del")) == read_back(text.inert(new))
    assert read_back(_without(shown, "ins")) == read_back(text.inert(old))


def _without(shown: str, tag: str) -> str:
    kept = re.sub(rf"<{tag}>.*?</{tag}>", "", shown, flags=re.DOTALL)
    return re.sub(r'<span class="vh">(added|removed): </span>', "", kept)


def test_two_huge_revisions_are_compared_quickly_by_size() -> None:
    shown = text.word_diff("a " * 50_000, "b " * 50_000)
    assert len(shown) < 10_000
