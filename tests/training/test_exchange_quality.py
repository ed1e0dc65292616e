"""The card says what the heads for exchanges are worth."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.judging.scorers.exchanges import OnnxExchanges
from bot.judging.scorers.folder import SHIPPED
from bot.judging.scorers.kernels import Kernel
from bot.judging.scorers.onnx import OnnxScorer
from training.corpus import MONTHS
from training.exchanges.data import examples
from training.exchanges.quality import card_rows, measured


@pytest.mark.shared_data
@pytest.mark.slow
def test_the_files_reproduce_the_card(shared_data: Path) -> None:
    card = (SHIPPED / "MODEL_CARD.md").read_text(encoding="utf-8")
    rows = card_rows(measured(OnnxExchanges(scorer=OnnxScorer(kernel=Kernel.FLOAT32)), shared_data))
    assert len(rows) == 6
    assert [row for row in rows if row not in card] == []


@pytest.mark.shared_data
def test_what_is_measured_is_not_learnt_from(shared_data: Path) -> None:
    found = examples(shared_data)
    held = {one.said for one in found if one.source == "held"}
    assert len(held) >= 140
    assert not held & {one.said for one in found if one.source not in {"held", "month/gym"}}
    assert "gym" not in MONTHS
