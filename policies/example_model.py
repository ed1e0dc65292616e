"""What examples teach about a text: a Gaussian process over meanings and words.

Two texts are near where their sentence vectors are, and a little nearer where they share words and pairs of words that
are rare among the examples. What is learnt is the value 1 on what must be found and 0 on everything else (Rasmussen and
Williams 2006, chapter 2), so a text near to neither scores low.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from policies.vectors import Matrix

Scores = NDArray[np.float64]

#: Noise that an example is believed to carry: examples are few, and some are doubtful.
NOISE = 0.3
#: How quickly likeness of meaning fades: 1 - cosine at which it has fallen to 1/e.
REACH = 0.5
#: Weight of shared words against meaning. On texts nobody had tuned for, 0.5 raised the area under the ROC curve from
#: 0.946 to 0.966; 1 and 0.25 were no better.
WORDS = 0.5
#: What a false alarm costs where missing an example costs one: near the counter-examples, and among ordinary sentences.
FALSE_NEAR, FALSE_FAR = 1.5, 3.0
_WORD = re.compile(r"\w+|[\[\]{}<>#?!|@%]")
#: Characters of a text whose words are looked at.
_LONGEST = 4_000


def grams(text: str) -> list[str]:
    """Words, telling marks, and pairs of neighbours."""
    plain = unicodedata.normalize("NFKC", text[:_LONGEST]).lower().replace("’", "'")
    words = _WORD.findall(plain)
    return words + [f"{a} {b}" for a, b in pairwise(words)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """Words and pairs that stand in two examples or more, and how rare each is."""

    rarity: Mapping[str, float] = field(repr=False)  #: inverse document frequency, 1 or more

    @classmethod
    def of(cls, texts: Sequence[str]) -> Lexicon:
        """The lexicon of some examples."""
        counts = Counter(gram for text in texts for gram in set(grams(text)))
        rare = {g: math.log((1 + len(texts)) / (1 + n)) + 1 for g, n in counts.items() if n > 1}
        return cls(rarity=rare)

    def row(self, text: str) -> dict[str, float]:
        """A text's words, each with its weight; the weights have unit length together."""
        counts = Counter(gram for gram in grams(text) if gram in self.rarity)
        row = {gram: (1 + math.log(n)) * self.rarity[gram] for gram, n in counts.items()}
        length = math.sqrt(sum(value * value for value in row.values())) or 1.0
        return {gram: value / length for gram, value in row.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What was learnt from examples."""

    #: one row per example, counter-example and ordinary sentence, as precise as what is computed: no text converts them
    examples: NDArray[np.float64]
    weights: NDArray[np.float64]  #: how much each of them counts
    lexicon: Lexicon
    words: Mapping[str, float] = field(repr=False)  #: how much each word or pair counts for the texts to find
    threshold: float  #: score from which a text counts

    def scores(self, texts: Sequence[str], vectors: Matrix) -> Scores:
        """Scores of texts with their vectors; about 1 for what is like the examples, about 0 for everything else."""
        meant = likeness(vectors, self.examples) @ self.weights
        return meant + WORDS * np.array([self.wording(text) for text in texts])

    def wording(self, text: str) -> float:
        """What the words of a text say by themselves."""
        return sum(value * self.words.get(gram, 0.0) for gram, value in self.lexicon.row(text).items())


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleTexts:
    """Texts to learn from."""

    like: tuple[str, ...]  #: must be found
    unlike: tuple[str, ...]  #: near, but fine
    ordinary: tuple[str, ...]  #: have nothing to do with it

    @property
    def texts(self) -> tuple[str, ...]:
        """All of them, in this order."""
        return (*self.like, *self.unlike, *self.ordinary)


def likeness(left: NDArray[np.floating], right: NDArray[np.floating]) -> NDArray[np.float64]:
    """1 for the same meaning, falling with the distance: exp(-(1 - cosine) / reach)."""
    cosine = np.asarray(left, dtype=np.float64) @ np.asarray(right, dtype=np.float64).T
    return np.exp((cosine - 1) / REACH)


def learn(examples: ExampleTexts, vectors: Matrix, threshold: float | None = None) -> Probe:
    """Learn from examples with their vectors, one row for each of `examples.texts`.

    The threshold, where none is given, comes from the scores with one example left out, which are exact and cost
    nothing more (Rasmussen and Williams, equation 5.12).
    """
    lexicon = Lexicon.of(examples.texts)
    place = {gram: number for number, gram in enumerate(lexicon.rarity)}
    said = np.zeros((len(vectors), len(place)), dtype=np.float32)
    for number, text in enumerate(examples.texts):
        for gram, value in lexicon.row(text).items():
            said[number, place[gram]] = value
    target = np.r_[np.ones(len(examples.like)), np.zeros(len(vectors) - len(examples.like))]
    kernel = likeness(vectors, vectors) + WORDS * (said @ said.T)
    inverse = np.linalg.inv(kernel + NOISE * np.eye(len(vectors)))
    weights = inverse @ target
    left_out = target - weights / np.diag(inverse)
    parts = np.split(left_out, [len(examples.like), len(examples.like) + len(examples.unlike)])
    return Probe(
        examples=vectors.astype(np.float64),
        weights=weights,
        lexicon=lexicon,
        words=dict(zip(place, (said.T @ weights).tolist(), strict=True)),
        threshold=best_threshold(*parts) if threshold is None else threshold,
    )


def best_threshold(like: Scores, unlike: Scores, ordinary: Scores) -> float:
    """The threshold that costs least, from the scores of examples that were left out; the highest of equals."""
    cuts, far = np.unique(like), max(1, len(ordinary))
    cost = np.array(
        [
            (like < c).mean() + FALSE_NEAR * (unlike >= c).mean() + FALSE_FAR * (ordinary >= c).sum() / far
            for c in cuts
        ]
    )
    return float(cuts[np.flatnonzero(cost <= cost.min() + 1e-9)[-1]])
