"""What the heads for exchanges are worth: `python -m training.exchanges.quality --data ../shared/data`.

Measured with the runtime itself on what was never learnt from: conversations that we had labelled before looking at any
output, and the mirror month.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.judging.scorers.exchanges import HEADS, OnnxExchanges
from bot.judging.scorers.kernels import Kernel
from bot.judging.scorers.onnx import OnnxScorer
from policies.scoring import Scorer
from policies.threads.conversations import THRESHOLDS
from policies.threads.exchange import exchange
from training.exchanges.data import Example, examples

MEASURED = {"care, held": "held", "the gym's month": "month/gym"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """One head on one set."""

    texts: int  #: with a label
    positive: int  #: labels that hold
    precision: float  #: at the threshold that the product uses, 0 to 1
    recall: float
    calibration_error: float  #: expected, of the probability that the label holds, in ten bins

    def as_row(self, name: str, head: str) -> str:
        """Return a line of the card's table."""
        figures = (self.precision, self.recall, self.calibration_error)
        return (
            f"| {name} | {head} | {self.texts} | {self.positive} | "
            + " | ".join(f"{x:.2f}" for x in figures)
            + " |"
        )


def worth(scorer: Scorer, found: Sequence[Example]) -> dict[str, Worth]:
    """Return what each head is worth on exchanges that the model can read."""
    readings = scorer.read([exchange(one.said, one.answered) for one in found])
    out = {}
    for number, head in enumerate(HEADS):
        pairs = [
            (bool(one.labels[number]), next(iter(reading.heads[head].scores.values())))
            for one, reading in zip(found, readings, strict=True)
            if reading.readable and one.labels[number] in (0.0, 1.0)  # what readers agree on
        ]
        if any(label for label, _ in pairs):
            out[head] = _worth(
                np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs]), THRESHOLDS[head]
            )
    return out


def _worth(label: "np.ndarray", chance: "np.ndarray", threshold: float) -> Worth:
    said = chance >= threshold
    bins = np.minimum((chance * 10).astype(int), 9)
    apart = [
        abs(label[bins == b].mean() - chance[bins == b].mean()) * (bins == b).mean()
        for b in set(bins.tolist())
    ]
    return Worth(
        texts=len(label),
        positive=int(label.sum()),
        precision=float(label[said].mean()) if said.any() else 1.0,
        recall=float(label[said].sum() / label.sum()),
        calibration_error=float(sum(apart)),
    )


def measured(scorer: Scorer, data: Path) -> dict[str, dict[str, Worth]]:
    """Return what each head is worth on each set that is measured on."""
    found = examples(data)
    return {
        name: worth(scorer, [one for one in found if one.source == source])
        for name, source in MEASURED.items()
    }


def card_rows(figures: dict[str, dict[str, Worth]]) -> list[str]:
    """Return the lines of the card's table."""
    return [one.as_row(name, head) for name, heads in figures.items() for head, one in heads.items()]


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    said = parser.parse_args()
    for row in card_rows(measured(OnnxExchanges(scorer=OnnxScorer(kernel=Kernel.FLOAT32)), said.data)):
        print(json.dumps(row))


if __name__ == "__main__":
    main()
