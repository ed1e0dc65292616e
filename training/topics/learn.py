"""Learn the topic heads: `python -m training.topics.learn --data ../shared/data --cache DIR --networks DIR`.

Every figure that something is chosen by comes from models that had not seen the business, the account or the pair.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from bot.judging.scorers.onnx import OnnxScorer
from bot.judging.scorers.similar import OnnxEmbedder
from policies.example_model import Lexicon
from policies.topics.features import Meaning
from policies.topics.heads import FirstStage, Heads
from policies.view import plain_text
from training.exchanges.opinions import opinions
from training.topics.data import BRUSHED_OFF, FOLDS, TOPICS, Sample, folds, samples, upset
from training.topics.limits import calibrated, limits
from training.topics.logistic import fit
from training.topics.look import Remembered, meanings

Rows = NDArray[np.float32]
#: How hard the first and the second stage follow the data.
FIRST, SECOND, UPSET = 8.0, 0.02, 4.0
#: How much longer vectors are than words, for the first stage.
STRETCH = 2.0
#: Weight of a sample of each source, for the first and the second stage; 0 is not learnt from.
FIRST_WEIGHT = {
    "examples": 1.0,
    "ordinary": 1.0,
    "pairs": 2.0,
    "cases": 4.0,
    "month": 1.0,
    "brand": 1.0,
    "care": 1.0,
}
SECOND_WEIGHT = {"pairs": 1.0, "cases": 2.0, "month": 3.0, "brand": 1.0, "care": 1.0}
#: Margin of a topic that cannot be meant.
NEVER = -20.0
#: An example of another topic says less of this one.
ELSEWHERE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """All samples as numbers."""

    samples: list[Sample]
    seen: list[Meaning]
    truth: Rows  #: (samples, topics)
    known: NDArray[np.bool_]  #: whether somebody said
    fold: NDArray[np.int64]  #: which model has not seen it; -1 where all may
    paired: Rows  #: (samples, heads): what a network for pairs that has not seen it says

    def weight(self, by_source: dict[str, float], without: int) -> Rows:
        """Weight of each sample for each topic, for the model that has not seen a fold."""
        base = np.array([by_source.get(sample.source, 0.0) for sample in self.samples], dtype=np.float32)
        base[(self.fold == without) & (self.fold >= 0)] = 0
        found = base[:, None] * self.known
        for row, sample in enumerate(self.samples):
            if sample.source == "examples":
                found[row, [t for t, name in enumerate(TOPICS) if name != sample.group]] *= ELSEWHERE
            elif sample.source == "ordinary":
                found[row, BRUSHED_OFF] = (
                    0  # a form reply is ordinary, and a brush-off where somebody is upset
                )
        return found


def table(data: list[Sample], seen: list[Meaning], paired: Rows) -> Table:
    """The samples as numbers."""
    truth = np.array([[name in sample.does for name in TOPICS] for sample in data], dtype=np.float32)
    known = np.array([[name not in sample.unknown for name in TOPICS] for sample in data])
    return Table(samples=data, seen=seen, truth=truth, known=known, fold=np.array(folds(data)), paired=paired)


def first_stage(given: Table, vectors: Remembered, without: int) -> FirstStage:
    """The first stage, learnt from whole posts without those of a fold."""
    weight = given.weight(FIRST_WEIGHT, without)
    rows = np.flatnonzero(weight.sum(axis=1) > 0)
    texts = [given.seen[row].whole for row in rows]
    lexicon = _lexicon(texts)
    places = {gram: number for number, gram in enumerate(lexicon.rarity)}
    meant, words, offset = fit(
        vectors.of(texts) * STRETCH, _sparse(texts, lexicon, places), given.truth[rows], weight[rows], FIRST
    )
    return FirstStage(lexicon=lexicon, words=words, meaning=meant * STRETCH, offset=offset, places=places)


def _lexicon(texts: list[str]) -> Lexicon:
    """Words and pairs that stand in three texts or more."""
    from collections import Counter

    from policies.example_model import grams

    counts = Counter(gram for text in texts for gram in set(grams(text)))
    rare = {g: float(np.log((1 + len(texts)) / (1 + n)) + 1) for g, n in counts.items() if n > 2}
    return Lexicon(rarity=rare)


def _sparse(texts: list[str], lexicon: Lexicon, places: dict[str, int]) -> torch.Tensor:
    at, values, ends = [], [], [0]
    for text in texts:
        row = lexicon.row(text)
        at += [places[gram] for gram in row]
        values += row.values()
        ends.append(len(at))
    return torch.sparse_csr_tensor(
        torch.tensor(ends),
        torch.tensor(at),
        torch.tensor(values, dtype=torch.float32),
        size=(len(texts), len(places)),
    )


def _upset(vectors: Remembered) -> Rows:
    """How upset a client's words are, by meaning."""
    said = [(plain_text(text) or text, found) for text, found in upset()]
    truth = np.array([[found] for _, found in said], dtype=np.float32)
    slope, _, offset = fit(
        vectors.of([text for text, _ in said]) * STRETCH, None, truth, np.ones_like(truth), UPSET
    )
    return np.append(slope[:, 0] * STRETCH, offset).astype(np.float32)


def _second(features: Rows, given: Table, without: int, heads: Heads) -> Heads:
    """The heads with a second stage learnt without a fold."""
    weight = given.weight(SECOND_WEIGHT, without)
    rows = np.flatnonzero(weight.sum(axis=1) > 0)
    center, spread = features[rows].mean(axis=0), features[rows].std(axis=0) + 1e-3
    level = np.clip((features[rows] - center) / spread, -4, 4)
    weights, _, offset = fit(level, None, given.truth[rows], weight[rows], SECOND)
    return replace(heads, center=center, spread=spread, weights=weights, offset=offset)


def _features(heads: Heads, given: Table, vectors: Remembered, rows: NDArray[np.int64]) -> Rows:
    return np.stack([heads.features(given.seen[row], vectors, given.paired[row])[1] for row in rows])  # type: ignore[arg-type]


def learn(given: Table, vectors: Remembered) -> tuple[Heads, Rows]:
    """The heads learnt from everything, and the margins of each sample by heads that had not seen it."""
    none = np.zeros(0, dtype=np.float32)
    empty = Heads(
        topics=TOPICS,
        made_for=f"{vectors.version} {vectors.pairs_version}",
        first=first_stage(given, vectors, -2),
        upset=_upset(vectors),
        center=none,
        spread=none,
        weights=none,
        offset=none,
        calibration=none,
        limits=none,
    )
    everywhere = np.arange(len(given.samples))
    free = everywhere[given.fold < 0]
    features = np.zeros(
        (len(everywhere), len(_features(empty, given, vectors, free[:1])[0])), dtype=np.float32
    )
    features[free] = _features(empty, given, vectors, free)
    for fold in range(FOLDS):
        apart = replace(empty, first=first_stage(given, vectors, fold))
        rows = everywhere[given.fold == fold]
        features[rows] = _features(apart, given, vectors, rows)
    final = _second(features, given, -2, empty)
    margins = final.margins(features)
    for fold in range(FOLDS):
        rows = everywhere[given.fold == fold]
        margins[rows] = _second(features, given, fold, empty).margins(features[rows])
    return final, margins


def main() -> None:
    """Learn, choose limits, say what they give, write the file."""
    options = argparse.ArgumentParser()
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--cache", type=Path, required=True)
    options.add_argument("--networks", type=Path, required=True, help="what training.exchanges.train made")
    options.add_argument("--out", type=Path, default=Path("policies/topics/heads.npz"))
    given = options.parse_args()
    scorer = OnnxScorer()
    vectors = Remembered(OnnxEmbedder(tone=scorer.tone), given.cache / "vectors.npz")
    data = samples(given.data)
    seen = meanings(data, scorer, vectors)
    paired = opinions(given.networks, [one.pair for one in seen], folds(data))
    all_of_it = table(data, seen, paired)
    heads, margins = learn(all_of_it, vectors)
    allowed = np.array([[one.allows(topic) for topic in TOPICS] for one in all_of_it.seen])
    margins = np.where(allowed, margins, NEVER).astype(np.float32)
    np.savez(given.cache / "margins.npz", margins=margins, truth=all_of_it.truth, known=all_of_it.known)
    heads = replace(heads, calibration=calibrated(margins, all_of_it), limits=limits(margins, all_of_it))
    np.savez_compressed(given.out, **heads.kept())
    print(f"{given.out}: {given.out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
