"""Alike in meaning, near in space."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from bot.judging.scorers.folder import open_folder
from bot.judging.scorers.onnx import ToneNetwork
from bot.judging.scorers.similar import OnnxEmbedder
from policies.scoring import Embedder


@pytest.fixture(scope="module")
def embedder() -> OnnxEmbedder:
    return OnnxEmbedder()


def alike(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


def test_it_is_an_embedder(embedder: OnnxEmbedder) -> None:
    port: Embedder = embedder
    assert port.version.startswith("similar-")
    assert port.embed([]) == []


@pytest.mark.parametrize("text", ["", "😂", "https://t.co/x", "hello", "word " * 20_000])
def test_vectors_have_unit_length(embedder: OnnxEmbedder, text: str) -> None:
    (vector,) = embedder.embed([text])
    assert len(vector) == 384
    assert math.hypot(*vector) == pytest.approx(1, abs=1e-4)


def test_the_same_meaning_is_nearer_than_another(embedder: OnnxEmbedder) -> None:
    base, same, other = embedder.embed(
        [
            "We are sorry to hear that, please send us a message with your order number.",
            "Sorry about this! Could you send your order number in a private message?",
            "Our new autumn menu starts on Monday.",
        ]
    )
    assert alike(base, same) > 0.6 > alike(base, other)


#: Texts that preparation leaves as they are. `data/published.npy` holds their vectors, made once with the published
#: weights under transformers and torch: the mean of the last layer over all tokens, at unit length.
PUBLISHED = [
    "We are sorry to hear that, please send us a message with your order number.",
    "Our new autumn menu starts on Monday.",
    "hello",
    (
        "They promised me a call back three times, and three times nobody called. I am done with this company and so "
        "is my mother, who has been a customer since 1987."
    ),
]


def test_vectors_are_those_of_the_published_model(embedder: OnnxEmbedder) -> None:
    expected = np.load(Path(__file__).parent / "data" / "published.npy").astype(float)
    found = np.array(embedder.embed(PUBLISHED))
    assert (found * expected).sum(axis=1).min() >= 0.995


def test_an_open_tone_model_is_shared(embedder: OnnxEmbedder) -> None:
    shared = OnnxEmbedder(tone=ToneNetwork(open_folder()))
    text = ["The delivery was late again."]
    assert alike(shared.embed(text)[0], embedder.embed(text)[0]) == pytest.approx(1, abs=1e-4)
    assert shared.version == embedder.version
