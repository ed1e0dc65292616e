"""The second opinion on exchanges: logistic regression on what the runtime's `features` gives, a line for each head."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from bot.judging.scorers.exchanges import HEADS, features
from bot.judging.scorers.kernels import Kernel
from bot.judging.scorers.onnx import OnnxScorer
from bot.judging.scorers.similar import OnnxEmbedder
from training.exchanges.corpus import READ
from training.exchanges.data import Example

Floats = npt.NDArray[np.float64]
STRENGTH = 3.0  #: of the labels against the wish for small weights, as scikit-learn's C
#: widths of the parts of the features: each part weighs alike, however wide it is
PARTS = (384, 15, 384, 15, 9, 384)
CARE = 2.0  #: weight of a real conversation: there are few


def known(found: Sequence[Example]) -> Floats:
    """Return the features of every example."""
    scorer = OnnxScorer(kernel=Kernel.FLOAT32)
    return features(scorer, OnnxEmbedder(tone=scorer.tone), [(one.said, one.answered) for one in found])


def learn(found: Sequence[Example], path: Path) -> None:
    """Learn the lines from what may be learnt from, and keep them."""
    rows = [n for n, one in enumerate(found) if one.source in READ]
    write(path, *fitted(known(found), found, rows))


def fitted(x: Floats, found: Sequence[Example], rows: Sequence[int]) -> tuple[Floats, Floats]:
    """Return weights (features, heads) and shift (heads,) learnt from these rows."""
    weights, shifts = [], []
    for number, _ in enumerate(HEADS):
        said = [row for row in rows if found[row].labels[number] is not None]
        aim = np.array([found[row].labels[number] for row in said], dtype=float)
        heft = np.array([CARE if found[row].source == "care" else 1.0 for row in said])
        weight, shift = _line(x[said], aim, heft)
        weights.append(weight)
        shifts.append(shift)
    return np.stack(weights, axis=1), np.array(shifts)


def _line(x: Floats, aim: Floats, heft: Floats) -> tuple[Floats, float]:
    middle, spread = x.mean(0), x.std(0)
    spread = np.where(spread > 0, spread, 1.0) * np.repeat(np.sqrt(PARTS), PARTS)
    scaled, y, w = (torch.from_numpy(part) for part in ((x - middle) / spread, aim, heft))
    line = torch.zeros(x.shape[1] + 1, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([line], max_iter=500, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        logits = scaled @ line[:-1] + line[-1]
        loss = functional.binary_cross_entropy_with_logits(logits, y, weight=w, reduction="sum")
        whole = STRENGTH * loss + line[:-1].square().sum() / 2
        whole.backward()
        return whole

    optimiser.step(closure)
    weight = line.detach().numpy()[:-1] / spread
    return weight, float(line.detach().numpy()[-1] - weight @ middle)


def write(path: Path, weights: Floats, shift: Floats) -> None:
    """Keep the lines as the runtime reads them."""
    np.savez(path, weights=weights.astype(np.float32), shift=shift.astype(np.float32))
