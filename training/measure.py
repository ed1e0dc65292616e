"""Figures of quality. Plain numpy, so that they can be checked by hand and need nothing of the training extra."""

import math

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

#: The figure by which each head is judged, as in the literature on its data.
FIGURES = {
    "sentiment": "macro_recall",
    "offensive": "macro_f1",
    "irony": "f1_of_last",
    "hate": "macro_f1",
    "emotion": "macro_f1",
    "complaint": "macro_f1",
}


def softmax(logits: Floats, temperature: float = 1.0) -> Floats:
    """Return probabilities (texts, labels) of logits divided by `temperature`."""
    scaled = logits / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)  # type: ignore[no-any-return]


def recalls(truth: Ints, said: Ints, labels: int) -> list[float]:
    """Return the recall of each label."""
    return [float((said[truth == n] == n).mean()) if (truth == n).any() else 0.0 for n in range(labels)]


def f1s(truth: Ints, said: Ints, labels: int) -> list[float]:
    """Return the F1 of each label, 0 for one that neither occurs nor is said."""
    both = [int(((truth == n) & (said == n)).sum()) for n in range(labels)]
    either = [int((truth == n).sum() + (said == n).sum()) for n in range(labels)]
    return [2 * b / e if e else 0.0 for b, e in zip(both, either, strict=True)]


def figure(head: str, truth: Ints, said: Ints, labels: int) -> float:
    """Return the figure by which `head` is judged, from 0 to 1."""
    match FIGURES[head]:
        case "macro_recall":
            return float(np.mean(recalls(truth, said, labels)))
        case "f1_of_last":
            return f1s(truth, said, labels)[-1]
        case _:
            return float(np.mean(f1s(truth, said, labels)))


def calibration_error(probabilities: Floats, truth: Ints, bins: int = 15) -> float:
    """Return the expected calibration error of the best label in `bins` bins of equal width (Guo et al. 2017)."""
    best, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    places = np.minimum((best * bins).astype(int), bins - 1)
    gaps = [abs(float(best[places == n].sum() - right[places == n].sum())) for n in range(bins)]
    return sum(gaps) / len(truth)


def loss(logits: Floats, truth: Ints, temperature: float) -> float:
    """Return the mean negative log-likelihood in nats."""
    chosen = softmax(logits, temperature)[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(chosen, 1e-12)).mean())


def fit_temperature(logits: Floats, truth: Ints) -> float:
    """Return the temperature between 0.3 and 5 of least loss, by golden section on its logarithm."""
    low, high, golden = math.log(0.3), math.log(5.0), (math.sqrt(5) - 1) / 2
    for _ in range(40):
        a, b = high - golden * (high - low), low + golden * (high - low)
        if loss(logits, truth, math.exp(a)) < loss(logits, truth, math.exp(b)):
            high = b
        else:
            low = a
    return math.exp((low + high) / 2)
