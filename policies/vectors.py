"""Meanings of texts as vectors, each computed once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from policies.scoring import Embedder

Matrix = NDArray[np.float32]
#: Texts whose vectors are kept, newest last.
KEPT = 20_000


class Vectors:
    """Asks an embedder, and remembers what it said."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.version = embedder.version  #: of the model
        self._known: OrderedDict[str, Matrix] = OrderedDict()

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
