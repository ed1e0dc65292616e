"""Meanings of texts as vectors, each computed once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from policies.scoring import Embedder

Matrix = NDArray[np.float32]
Pair = tuple[str, str]  #: what a client said, and what the brand published
#: Texts whose vectors are kept, newest last.
KEPT = 20_000


class Vectors:
    """Asks an embedder, and remembers what it said."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.version = embedder.version  #: of the model
        self._known: OrderedDict[str, Matrix] = OrderedDict()
        self._pairs: OrderedDict[Pair, Matrix] = OrderedDict()

    @property
    def pairs_version(self) -> str:
        """Of what reads pairs."""
        return self._embedder.pairs_version

    def pairs(self, pairs: Sequence[Pair]) -> Matrix:
        """What each pair's second text does to the first: one row of log odds per pair."""
        missing = [pair for pair in dict.fromkeys(pairs) if pair not in self._pairs]
        if missing:
            rows = np.asarray(self._embedder.pairs(missing), dtype=np.float32)
            self._pairs.update(zip(missing, rows, strict=True))
        result = np.stack([self._pairs[pair] for pair in pairs]) if pairs else np.zeros((0, 0), np.float32)
        while len(self._pairs) > KEPT:
            self._pairs.popitem(last=False)
        return result

    def of(self, texts: Sequence[str]) -> Matrix:
        """One row of unit length per text."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        if missing:
            rows = np.asarray(self._embedder.embed(missing), dtype=np.float32)
            self._known.update(zip(missing, rows, strict=True))
        result = np.stack([self._known[text] for text in texts]) if texts else np.zeros((0, 0), np.float32)
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        return result
