"""The shipped model, opened once."""

from __future__ import annotations

import pytest

from bot.judging.scorers.kernels import Kernel
from bot.judging.scorers.onnx import OnnxScorer


@pytest.fixture(scope="session")
def scorer() -> OnnxScorer:
    """The shipped model in float32, so that figures are the same on every machine."""
    return OnnxScorer(kernel=Kernel.FLOAT32)
