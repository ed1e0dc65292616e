"""Meanings of texts as vectors, each computed once.

The vectors of the sentences that stand in the shipped packs come with the program, so that a rule which compares by
meaning is ready at once. They belong to one version of the embedding model; with any other they are left alone and
computed anew.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from policies.scoring import Embedder

Matrix = NDArray[np.float32]
#: Vectors of the shipped packs' sentences.
SHIPPED = Path(__file__).parent / "packs" / "vectors.npz"
#: Texts whose vectors are kept, newest last.
KEPT = 20_000


class Vectors:
    """Asks an embedder, and remembers what it said."""

    def __init__(self, embedder: Embedder, shipped: Path = SHIPPED) -> None:
        self._embedder = embedder
        self._shipped = _read(shipped, embedder.version)
        self._known: OrderedDict[str, Matrix] = OrderedDict()

    def of(self, texts: Sequence[str]) -> Matrix:
        """One row of unit length per text."""
        missing = []
        for text in dict.fromkeys(texts):
            if text not in self._known:
                shipped = self._shipped.get(_name(text))
                if shipped is None:
                    missing.append(text)
                else:
                    self._known[text] = shipped
        if missing:
            rows = np.asarray(self._embedder.embed(missing), dtype=np.float32)
            self._known.update(zip(missing, rows, strict=True))
        result = np.stack([self._known[text] for text in texts]) if texts else np.zeros((0, 0), np.float32)
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        return result


def write(path: Path, embedder: Embedder, texts: Sequence[str]) -> None:
    """Write the vectors of texts to a file, with the version of the model that made them."""
    distinct = list(dict.fromkeys(texts))
    rows = np.asarray(embedder.embed(distinct), dtype=np.float16)
    names = np.array([_name(text) for text in distinct], dtype="S16")
    np.savez_compressed(path, version=np.array(embedder.version), names=names, rows=rows)


@lru_cache(maxsize=4)
def _read(path: Path, version: str) -> dict[bytes, Matrix]:
    """Vectors by name of their text; none where the file is missing or another model made it."""
    if not path.is_file():
        return {}
    with np.load(path, allow_pickle=False) as stored:
        if str(stored["version"]) != version:
            return {}
        rows = stored["rows"].astype(np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return dict(zip(stored["names"].tolist(), rows, strict=True))


def _name(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16].encode()
