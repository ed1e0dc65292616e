"""The card tells the truth about the weights beside it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from bot.judging.scorers.folder import SHIPPED, open_folder
from bot.judging.scorers.onnx import OnnxScorer
from training.card import card_figures
from training.quality import quality

CARD = (SHIPPED / "MODEL_CARD.md").read_text(encoding="utf-8")


def test_the_card_names_the_hash_of_each_file() -> None:
    for name, digest in open_folder().hashes.items():
        assert hashlib.sha256((SHIPPED / name).read_bytes()).hexdigest() == digest
        assert digest in CARD


@pytest.mark.shared_data
@pytest.mark.slow
def test_the_weights_reproduce_the_card(shared_data: Path, scorer: OnnxScorer) -> None:
    found = quality(scorer, shared_data / "tone")
    said = card_figures(CARD)
    assert set(said) == set(found)
    for head, one in found.items():
        assert one.value == pytest.approx(said[head], abs=0.3), head
        assert one.calibration_error <= 0.05, head
