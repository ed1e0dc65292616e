"""What the model gets to read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.judging.scorers.prepare import MAX_CHARS, Preparer

WORDS = ["the", "and", "not", "happy", "thank", "you", "stop", "this", "service", "joy"]
PREPARE = Preparer.from_vocabulary([*WORDS, "##ing", "[UNK]", "x"])


@pytest.mark.parametrize(
    ("text", "prepared"),
    [
        ("", ""),
        ("   \n\t ", ""),
        ("hello", "hello"),
        ("so happy \U0001f600", "so happy grinning face"),
        ("❤️", "red heart"),
        ("\U0001f44d\U0001f3fd", "thumbs up"),
        ("\U0001f600" * 40, "grinning face grinning face"),
        ("see https://t.co/AbC now", "see http now"),
        ("see www.example.com/a?b=c", "see http"),
        ("see http", "see http"),
        ("@user @bob, @carol hi", "user hi"),
        ("@bob@mastodon.social hi", "user hi"),
        ("write to bob@example.com", "write to bob@example.com"),
        ("#NotHappy", "# Not Happy"),
        ("#nothappy", "# not happy"),
        ("#THANKYOU", "# thank you"),
        ("#unsplittable", "# unsplittable"),
        ("#day_one", "# day one"),
        ("soooooo goooood!!!!!!!!", "soo good!!!"),
        ("a &lt;3 b &amp;amp; c", "a <3 b & c"),
        ("it\\u2019s fine\\nreally", "it’s fine really"),
        ('he said ""no"" twice', 'he said "no" twice'),
        ("ｆｕｌｌ ｗｉｄｔｈ", "full width"),
        ("in\u200bvis\u00adible", "invisible"),
        ("nul\x00byte", "nul byte"),
    ],
)
def test_says_what_the_encoder_cannot_read(text: str, prepared: str) -> None:
    assert PREPARE(text) == prepared


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_gives_one_clean_line(text: str) -> None:
    prepared = PREPARE(text)
    assert prepared == " ".join(prepared.split())
    assert "\x00" not in prepared
    assert prepared == PREPARE(text)


@settings(deadline=None)
@given(st.text(alphabet="abc !?.#@", max_size=80))
def test_no_letter_comes_more_than_twice_running(text: str) -> None:
    prepared = PREPARE(text)
    assert not any(letter * 3 in prepared for letter in "abc")


@settings(deadline=None)
@given(
    st.sampled_from(
        ["a", "#", "@", '"\\', "\U0001f600", "#ab", "&amp;", "http://", "\u0301", "\\u0041", "||"]
    )
)
def test_only_the_start_of_an_endless_text_counts(unit: str) -> None:
    endless = unit * 100_000
    assert PREPARE(endless) == PREPARE(endless[:MAX_CHARS])


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["the", "and", "not", "happy", "thank", "stop", "service"]), min_size=2, max_size=5
    )
)
def test_a_joined_tag_is_read_as_known_words(words: list[str]) -> None:
    spoken = PREPARE("#" + "".join(words)).removeprefix("# ").split()
    assert "".join(spoken) == "".join(words)
    assert all(word in WORDS for word in spoken)
