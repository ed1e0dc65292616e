"""Sentences that mean what your examples mean.

```yaml
check:
  similar:
    like:
      - Could you leave us a few words on Google?
      - A short review would mean the world to us.
    unlike:
      - Thank you for the review you left us.
      - You can read what guests say on our site.
```

Give eight examples or more that must be found, in words as different as you can think of, and at least as many of
what looks alike but is fine. Each sentence of a post is compared by meaning, not by words, with the help of the
model's embeddings. What the examples teach is a Gaussian process (Rasmussen and Williams 2006, chapter 2): a sentence
scores high where it is near the examples, low where it is near the counter-examples, and low where it is near
neither. A list of ordinary sentences stands beside the counter-examples. The threshold is the one that tells the
examples apart best when each is left out in turn. Set `threshold` yourself, between 0 and 1, to be stricter (higher)
or laxer. Where there is no embedding model, the check is skipped and says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from policies.checks.base import Check, Matcher, Outcome, Triggers, found, missed, skip
from policies.checks.ordinary import ORDINARY
from policies.checks.terms import Phrase
from policies.matching.index import IndexBuilder
from policies.model.finding import Span
from policies.vectors import Matrix, Vectors
from policies.view import View

#: Noise that an example is believed to carry: examples are few, and some are doubtful.
NOISE = 0.1
#: How quickly likeness fades: 1 - cosine at which it has fallen to 1/e.
REACH = 0.5
#: What a false alarm costs where missing an example costs one: near the counter-examples, and among ordinary sentences.
FALSE_NEAR, FALSE_FAR = 1.5, 3.0
#: Sentences shorter than this say too little to compare, characters.
SHORTEST = 12
#: Longest post that is also compared as a whole, characters.
LONGEST_WHOLE = 200
#: How much clearer a whole post must be than a sentence, since it says more than one thing.
WHOLE_MARGIN = 0.05


class Similar(Check):
    """Meaning close to examples and away from counter-examples."""

    like: tuple[Phrase, ...] = Field(min_length=3)
    """Sentences that must be found."""
    unlike: tuple[Phrase, ...] = Field(min_length=3)
    """Sentences that are near, but fine."""
    threshold: float | None = Field(None, ge=0, le=1)
    """From which score a sentence counts; found from the examples where it is not given."""

    def plan(self, index: IndexBuilder) -> Matcher:
        """Meaning needs no index."""
        _ = index
        return _Matcher(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What was learnt from examples."""

    examples: Matrix  #: one row per example, counter-example and ordinary sentence
    weights: NDArray[np.float64]  #: how much each of them counts
    threshold: float
    left_out: NDArray[np.float64]  #: score of each example when it is left out, likes first

    def scores(self, vectors: Matrix) -> NDArray[np.float64]:
        """Scores of texts; about 1 for what is like the examples, about 0 for everything else."""
        return likeness(vectors, self.examples) @ self.weights


def likeness(left: Matrix, right: Matrix) -> NDArray[np.float64]:
    """1 for the same meaning, falling with the distance: exp(-(1 - cosine) / reach)."""
    return np.exp((left.astype(np.float64) @ right.T.astype(np.float64) - 1) / REACH)


def learn(like: Matrix, unlike: Matrix, ordinary: Matrix, threshold: float | None = None) -> Probe:
    """A Gaussian process of 1 on ``like`` and 0 on all others.

    The scores with one example left out are exact and cost nothing more (Rasmussen and Williams, equation 5.12).
    """
    examples = np.vstack([like, unlike, ordinary])
    target = np.r_[np.ones(len(like)), np.zeros(len(examples) - len(like))]
    inverse = np.linalg.inv(likeness(examples, examples) + NOISE * np.eye(len(examples)))
    weights = inverse @ target
    left_out = target - weights / np.diag(inverse)
    parts = np.split(left_out, [len(like), len(like) + len(unlike)])
    return Probe(
        examples=examples,
        weights=weights,
        threshold=best_threshold(*parts) if threshold is None else threshold,
        left_out=left_out,
    )


Scores = NDArray[np.float64]


def best_threshold(like: Scores, unlike: Scores, ordinary: Scores) -> float:
    """The threshold that costs least, from the scores of examples that were left out; the highest of equals."""
    cuts = np.unique(like)
    cost = np.array(
        [
            (like < c).mean() + FALSE_NEAR * (unlike >= c).mean() + FALSE_FAR * (ordinary >= c).mean()
            for c in cuts
        ]
    )
    return float(cuts[np.flatnonzero(cost <= cost.min() + 1e-9)[-1]])


def compared(view: View) -> list[Span]:
    """What is compared: each sentence, and a short post as a whole, since its sentences lean on each other."""
    spans = [span for span in view.sentences if span.end - span.start >= SHORTEST]
    if len(view.sentences) > 1 and len(view.text) <= LONGEST_WHOLE:
        spans.append(Span(start=view.sentences[0].start, end=view.sentences[-1].end))
    return spans


@dataclass(frozen=True, slots=True)
class _Matcher:
    options: Similar
    learnt: dict[int, tuple[Vectors, Probe]] = field(default_factory=dict)

    @property
    def triggers(self) -> Triggers:
        return None

    def look(self, view: View) -> Outcome:
        if view.vectors is None:
            return skip("there is no embedding model")
        spans = compared(view)
        if not spans:
            return missed("there is no sentence to compare")
        probe = self.probe(view.vectors)
        scores = probe.scores(view.vectors.of([view.plain(span) for span in spans]))
        if len(view.sentences) > 1 and len(view.text) <= LONGEST_WHOLE:
            scores[-1] -= WHOLE_MARGIN
        best = float(scores.max())
        detail = f"nearness of meaning {best:.2f}, from {probe.threshold:.2f}"
        if best < probe.threshold:
            return missed(detail)
        near = [span for span, score in zip(spans, scores, strict=True) if score >= probe.threshold]
        return found(detail, near, score=min(1.0, best))

    def probe(self, vectors: Vectors) -> Probe:
        """What these examples teach with this model; learnt once."""
        known = self.learnt.get(id(vectors))
        if known is None:
            like, unlike = vectors.of(self.options.like), vectors.of(self.options.unlike)
            known = vectors, learn(like, unlike, vectors.of(ORDINARY), self.options.threshold)
            self.learnt.clear()
            self.learnt[id(vectors)] = known
        return known[1]
