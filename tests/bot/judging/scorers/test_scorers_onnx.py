"""The shipped model reads what people write, good or bad."""

from __future__ import annotations

import socket
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.judging.scorers.kernels import Kernel
from bot.judging.scorers.onnx import OnnxScorer
from policies.scoring import Reading, Scorer

HEADS = {"sentiment", "offensive", "irony", "hate", "emotion", "complaint"}
SPANISH = "Hola, ¿cuándo llega mi pedido? Llevo tres semanas esperando y nadie responde."


def check_whole(reading: Reading) -> None:
    """Assert that a reading has every head with probabilities that sum to one."""
    assert set(reading.heads) == HEADS
    for score in reading.heads.values():
        assert sum(score.scores.values()) == pytest.approx(1)
        assert score.label == max(score.scores, key=score.scores.__getitem__)


def labels(reading: Reading) -> dict[str, str]:
    return {head: score.label for head, score in reading.heads.items()}


def test_it_is_a_scorer(scorer: OnnxScorer) -> None:
    port: Scorer = scorer
    assert set(port.heads) == HEADS
    assert port.version


def test_it_hears_the_tone(scorer: OnnxScorer) -> None:
    angry, glad, rude = scorer.read(
        [
            "My order never came, nobody answers the phone and I want my money back. I am furious!",
            "Thank you so much, what a lovely evening, the food was amazing 😍",
            "You are a stupid idiot, shut the fuck up",
        ]
    )
    assert labels(angry)["sentiment"] == "negative"
    assert labels(angry)["complaint"] == "complaint"
    assert labels(angry)["emotion"] == "anger"
    assert labels(glad)["sentiment"] == "positive"
    assert labels(glad)["complaint"] == "not_complaint"
    assert labels(glad)["emotion"] == "joy"
    assert labels(rude)["offensive"] == "offensive"
    assert labels(glad)["offensive"] == "not_offensive"


def test_an_emoji_is_heard(scorer: OnnxScorer) -> None:
    glad, angry = scorer.scores(["They changed the menu 😍😍", "They changed the menu 😡😡"])
    assert glad["sentiment"].scores["positive"] > angry["sentiment"].scores["positive"]


@pytest.mark.parametrize(
    "text", ["", "   ", "\n", "https://example.com/a", "@user", "@user https://t.co/x", "!!!", "\x00"]
)
def test_where_nothing_is_said_every_head_is_unsure(scorer: OnnxScorer, text: str) -> None:
    (reading,) = scorer.read([text])
    check_whole(reading)
    assert reading.language is None
    assert all(score.unsure for score in reading.heads.values())


@pytest.mark.parametrize("text", ["😂😂😂", "❤️", "👍🏽"])
def test_only_emoji_is_read(scorer: OnnxScorer, text: str) -> None:
    (reading,) = scorer.read([text])
    check_whole(reading)
    assert reading.language is None


def test_a_hundred_thousand_characters_are_cut_not_refused(scorer: OnnxScorer) -> None:
    texts = [
        "I am very unhappy with this. " * 3500,
        "x" * 100_000,
        "#" * 100_000,
        "😡" * 100_000,
        "\u0301" * 100_000,
    ]
    for reading in scorer.read(texts):
        check_whole(reading)


@pytest.mark.parametrize("text", [SPANISH, "这家店的服务太差了", "Где мой заказ? Я жду уже три недели."])
def test_another_language_is_not_guessed_at(scorer: OnnxScorer, text: str) -> None:
    (reading,) = scorer.read([text])
    assert not reading.readable
    assert reading.heads == {}
    assert reading.language


def test_readings_stand_in_the_order_of_the_texts(scorer: OnnxScorer) -> None:
    texts = ["so good, love it", SPANISH, "", "awful, the worst company ever, never again " * 5, "ok"]
    together = scorer.read(texts)
    assert [reading.readable for reading in together] == [True, False, True, True, True]
    for text, reading in zip(texts, together, strict=True):
        (alone,) = scorer.read([text])
        for head, score in alone.heads.items():
            for label, chance in score.scores.items():
                assert reading.heads[head].scores[label] == pytest.approx(chance, abs=1e-3)


def test_no_texts_give_no_readings(scorer: OnnxScorer) -> None:
    assert scorer.read([]) == []


def test_nothing_is_asked_of_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    (reading,) = OnnxScorer(kernel=Kernel.FLOAT32).read(["hello there, all is well"])
    check_whole(reading)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=120), max_size=6))
def test_any_texts_have_readings(scorer: OnnxScorer, texts: Sequence[str]) -> None:
    readings = scorer.read(texts)
    assert len(readings) == len(texts)
    for reading in readings:
        if reading.readable:
            check_whole(reading)
        else:
            assert reading.heads == {}
