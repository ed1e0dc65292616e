"""Logistic regression for many questions at once, by L-BFGS over the whole data."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

Rows = NDArray[np.float32]
_ROUNDS = 60


def fit(
    dense: Rows, sparse: torch.Tensor | None, truth: Rows, weight: Rows, strength: float
) -> tuple[Rows, Rows, Rows]:
    """Weights of dense features (features, questions), of sparse ones, and offsets.

    ``truth`` and ``weight`` are (samples, questions); ``strength`` is what a sample's loss weighs against half the
    square of the weights.
    """
    x, y, w = (
        torch.from_numpy(np.ascontiguousarray(part, dtype=np.float32)) for part in (dense, truth, weight)
    )
    questions = y.shape[1]
    a = torch.zeros(x.shape[1], questions, requires_grad=True)
    b = torch.zeros(sparse.shape[1] if sparse is not None else 0, questions, requires_grad=True)
    c = torch.zeros(questions, requires_grad=True)
    solver = torch.optim.LBFGS(
        [a, b, c], max_iter=_ROUNDS, history_size=12, line_search_fn="strong_wolfe", tolerance_grad=1e-4
    )

    def loss() -> torch.Tensor:
        solver.zero_grad()
        margins = x @ a + c + (sparse @ b if sparse is not None else 0)
        wrong = torch.nn.functional.binary_cross_entropy_with_logits(margins, y, reduction="none")
        total = strength * (wrong * w).sum() + ((a**2).sum() + (b**2).sum()) / 2
        total.backward()
        return total

    solver.step(loss)
    return a.detach().numpy(), b.detach().numpy(), c.detach().numpy()
