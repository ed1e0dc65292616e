"""Which texts an English model may read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.judging.scorers.language import Languages, says_something

LANGUAGES = Languages()


@pytest.mark.parametrize(
    "text", ["", " ", "😂😂😂", "https://example.com/x", "@user", "ok", "12:30", "!!!", "Gracias!"]
)
def test_too_little_to_tell_has_no_language_and_is_read(text: str) -> None:
    tongue = LANGUAGES.tell(text)
    assert tongue.language is None
    assert tongue.readable


@pytest.mark.parametrize(
    "text",
    [
        "I have been waiting three weeks for my order and nobody answers.",
        "@user I'm not an asshole, you just can't read",
        "this is the WORST #customerservice ever 😡😡 https://t.co/abc",
        "y'all really out here selling cold fries smh",
    ],
)
def test_english_is_read(text: str) -> None:
    assert LANGUAGES.tell(text).readable


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hola, ¿cuándo llega mi pedido? Llevo tres semanas esperando y nadie responde.", "es"),
        ("Bonjour, je suis très déçu de votre service, personne ne répond au téléphone", "fr"),
        ("Ich warte seit drei Wochen auf meine Bestellung, und niemand antwortet mir.", "de"),
        ("Где мой заказ? Я жду уже три недели.", "ru"),
        ("这家店的服务太差了", "zh"),
        ("注文した商品がまだ届きません", "ja"),
        ("أين طلبي؟ انتظرت ثلاثة أسابيع", "ar"),
        ("제 주문이 아직 도착하지 않았습니다", "ko"),
    ],
)
def test_another_language_is_named_and_never_guessed_at(text: str, language: str) -> None:
    tongue = LANGUAGES.tell(text)
    assert tongue.language == language
    assert not tongue.readable


def test_a_mixed_text_goes_by_its_larger_part() -> None:
    english = "The food was lovely and the people at the counter were very kind to us. "
    german = "Leider war das Essen kalt und niemand hat sich um uns gekümmert. "
    assert LANGUAGES.tell(english * 3 + german).readable
    assert LANGUAGES.tell(german * 3 + english).language == "de"
    assert LANGUAGES.tell("The service was great but я не получил").readable
    assert not LANGUAGES.tell("ok 这家店的服务太差了，再也不会来了").readable


def test_what_says_something() -> None:
    assert says_something("hi")
    assert says_something("😡")
    assert not says_something("")
    assert not says_something("https://example.com @user 12 !!")


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_any_text_has_an_answer(text: str) -> None:
    tongue = LANGUAGES.tell(text)
    assert tongue.language is None or len(tongue.language) == 2


def texts_of(path: Path) -> list[str]:
    """The texts of a file of labelled tweets."""
    return [line.split("\t", 1)[1] for line in path.read_text(encoding="utf-8").splitlines()]


def is_english(path: Path) -> bool:
    """Files of other languages name theirs: sentiment.de.val.tsv."""
    return path.name.count(".") == 2


@pytest.mark.shared_data
def test_english_posts_are_hardly_ever_left_unread(shared_data: Path) -> None:
    for path in filter(is_english, sorted((shared_data / "tone").glob("*.val.tsv"))):
        texts = texts_of(path)
        unread = [text for text in texts if not LANGUAGES.tell(text).readable]
        assert len(unread) < 0.02 * len(texts), path.name


@pytest.mark.shared_data
@pytest.mark.parametrize("language", ["de", "es", "fr", "it", "pt"])
def test_most_posts_of_other_languages_are_left_unread(shared_data: Path, language: str) -> None:
    texts = texts_of(shared_data / "tone" / f"sentiment.{language}.val.tsv")
    read = [text for text in texts if LANGUAGES.tell(text).readable]
    assert len(read) < 0.3 * len(texts)
