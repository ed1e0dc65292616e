"""The network that reads what a client said together with what the brand published."""

from __future__ import annotations

import pytest

from bot.judging.scorers.onnx import OnnxScorer
from bot.judging.scorers.pairs import HEADS
from bot.judging.scorers.similar import OnnxEmbedder


@pytest.fixture(scope="module")
def embedder(scorer: OnnxScorer) -> OnnxEmbedder:
    return OnnxEmbedder(tone=scorer.tone)


def odds(embedder: OnnxEmbedder, head: str, *pairs: tuple[str, str]) -> list[float]:
    return [row[HEADS.index(head)] for row in embedder.pairs(pairs)]


def test_the_same_answer_mocks_one_client_and_jokes_with_another(embedder: OnnxEmbedder) -> None:
    answer = "Somewhere a tiny violin is playing for you."
    mocked, joked = odds(
        embedder,
        "hostile-or-sarcastic-reply",
        ("You charged me twice and nobody has answered for three weeks. I am furious.", answer),
        ("nobody ever leaves me the last croissant haha, see you tomorrow as always", answer),
    )
    assert mocked > joked


def test_a_form_reply_brushes_off_who_is_upset(embedder: OnnxEmbedder) -> None:
    upset, pleased = odds(
        embedder,
        "complaint-brushed-off",
        (
            "Third week without hot water and you still send nobody!",
            "Thanks for getting in touch! Have a great day.",
        ),
        (
            "just wanted to say that the roses lasted three weeks",
            "Thanks for getting in touch! Have a great day.",
        ),
    )
    assert upset > pleased


def test_what_is_said_does_not_depend_on_what_is_read_beside_it(embedder: OnnxEmbedder) -> None:
    pairs = [
        ("", "Leave us five stars!"),
        ("Where is it?", "On its way."),
        ("", ""),
        ("help " * 900, "sorry"),
    ]
    together = embedder.pairs(pairs)
    assert [len(row) for row in together] == [len(HEADS)] * 4
    for pair, row in zip(pairs, together, strict=True):
        assert embedder.pairs([pair])[0] == pytest.approx(row, abs=2e-3)
    assert embedder.pairs([]) == []
