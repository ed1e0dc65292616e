"""How well the shipped model does on the validation splits: `python -m training.quality --data DIR` prints JSON."""

import argparse
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.judging.scorers.folder import SHIPPED, Head, open_folder
from bot.judging.scorers.kernels import Kernel
from bot.judging.scorers.onnx import OnnxScorer
from training.corpus import read_pairs
from training.measure import FIGURES, Floats, Ints, calibration_error, figure, fit_temperature, softmax
from training.recipe import HEADS

#: Largest part of the validation texts that may count as unsure.
MOST_UNSURE = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One head's logits on its own validation split."""

    logits: Floats  #: (texts, labels)
    truth: Ints  #: (texts,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What one head is worth on its validation split."""

    texts: int  #: texts judged
    metric: str  #: name of the figure
    value: float  #: the figure in per cent
    calibration_error: float  #: expected calibration error, 0 to 1
    unsure: float  #: part of the texts that the head is unsure of, 0 to 1
    right_when_sure: float  #: part of the other texts that it is right on, 0 to 1

    def as_json(self) -> dict[str, Any]:
        """Return the fields with four places."""
        return {k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(self).items()}


def scored(scorer: OnnxScorer, data: Path) -> dict[str, Judged]:
    """Return each head's logits on `<head>.val.tsv` of the folder `data`."""
    return {head: _judged(scorer, head, data / f"{head}.val.tsv") for head in scorer.heads}


def _judged(scorer: OnnxScorer, head: str, path: Path) -> Judged:
    pairs, labels = list(read_pairs(path)), scorer.heads[head]
    before = list(scorer.heads)[: list(scorer.heads).index(head)]
    start = sum(len(scorer.heads[name]) for name in before)
    logits = scorer.all_logits([text for _, text in pairs])[:, start : start + len(labels)]
    truth = np.array([labels.index(label) for label, _ in pairs], dtype=np.int64)
    return Judged(logits=logits.astype(np.float64), truth=truth)


def later(scorer: OnnxScorer, data: Path) -> dict[str, tuple[int, float]]:
    """Return texts and figure, in per cent, on posts of later years and other matters than those learnt from.

    By these a model is chosen: validation splits are too like what it learnt from. `airline` is read by sentiment.
    """
    found = {}
    for name in (*scorer.heads, "airline"):
        path, head = data / f"{name}.later.tsv", name if name in scorer.heads else "sentiment"
        if path.exists():
            one = _judged(scorer, head, path)
            value = figure(head, one.truth, one.logits.argmax(axis=1), len(scorer.heads[head]))
            found[name] = len(one.truth), round(100 * value, 2)
    return found


def _edge(chances: Floats, truth: Ints, trusted: float) -> float:
    """Return the lowest best probability at or above which answers are right often enough, within the band's limit."""
    best, right = chances.max(axis=1), chances.argmax(axis=1) == truth
    limit = float(np.quantile(best, MOST_UNSURE))
    for edge in np.arange(1 / chances.shape[1], limit, 0.01):
        if right[best >= edge].mean() >= trusted:
            return round(float(edge), 2)
    return round(limit, 2)


def fitted(judged: Mapping[str, Judged], trusted: float) -> dict[str, dict[str, Any]]:
    """Return temperature and unsure band of each head, in the form of config.json.

    Answers above the band's edge are right at least `trusted` of the time, unless that made more than `MOST_UNSURE` of
    the texts unsure.
    """
    out = {}
    for head, one in judged.items():
        temperature = round(fit_temperature(one.logits, one.truth), 3)
        edge = _edge(softmax(one.logits, temperature), one.truth, trusted)
        out[head] = {"labels": list(HEADS[head]), "temperature": temperature, "unsure_below": edge}
    return out


def worth(head: str, settings: Head, one: Judged) -> Quality:
    """Return the quality of one head."""
    chances = softmax(one.logits, settings.temperature)
    said, sure = chances.argmax(axis=1), chances.max(axis=1) >= settings.unsure_below
    return Quality(
        texts=len(said),
        metric=FIGURES[head],
        value=round(100 * figure(head, one.truth, said, len(settings.labels)), 2),
        calibration_error=calibration_error(chances, one.truth),
        unsure=float((~sure).mean()),
        right_when_sure=float((said == one.truth)[sure].mean()),
    )


def quality(scorer: OnnxScorer, data: Path, folder: Path = SHIPPED) -> dict[str, Quality]:
    """Return the quality of each head of the model in `folder`, which `scorer` has opened."""
    heads = open_folder(folder).heads
    return {head: worth(head, heads[head], one) for head, one in scored(scorer, data).items()}


def main() -> None:
    """Read the command line and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    said = parser.parse_args()
    found = quality(OnnxScorer(kernel=Kernel.FLOAT32), said.data)
    print(json.dumps({head: one.as_json() for head, one in found.items()}, indent=2))


if __name__ == "__main__":
    main()
