"""Meanings of texts as vectors, each computed once.

The vectors of the texts that stand in the shipped packs come with the program, and so does what was learnt from them,
so that a rule which compares by meaning is ready at once. They belong to one version of the embedding model; with any
other they are left alone and computed anew.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from policies.scoring import Embedder

Matrix = NDArray[np.float32]
#: What was learnt from examples, as arrays by name.
Kept = Mapping[str, NDArray[Any]]
#: Vectors of the shipped packs' texts, and what was learnt from them.
SHIPPED = Path(__file__).parent / "packs" / "vectors.npz"
NONE = Path()  #: in its place: nothing comes along
#: Texts whose vectors are kept, newest last.
KEPT = 20_000


class Vectors:
    """Asks an embedder, and remembers what it said."""

    def __init__(self, embedder: Embedder, shipped: Path = SHIPPED) -> None:
        self._embedder = embedder
        self.version = embedder.version  #: of the model
        self._shipped = _read(shipped, embedder.version)
        self._known: OrderedDict[str, Matrix] = OrderedDict()

    def of(self, texts: Sequence[str]) -> Matrix:
        """One row of unit length per text."""
        missing = []
        for text in dict.fromkeys(texts):
            if text not in self._known:
                shipped = self._shipped.rows.get(_name(text))
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

    def learnt(self, name: str) -> Kept | None:
        """What was learnt before from the examples of this name, with this model."""
        return self._shipped.learnt.get(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shipped:
    """What comes with the program for one model; empty for any other."""

    rows: Mapping[bytes, Matrix] = field(default_factory=dict)  #: a vector by the name of its text
    learnt: Mapping[str, Kept] = field(default_factory=dict)  #: by name of the examples


def write(path: Path, vectors: Vectors, texts: Sequence[str], learnt: Mapping[str, Kept]) -> None:
    """Write the vectors of texts and what was learnt to a file, with the version of the model that made them."""
    distinct = list(dict.fromkeys(texts))
    rows = vectors.of(distinct).astype(np.float16)
    names = np.array([_name(text) for text in distinct], dtype="S16")
    parts = {f"{name}.{part}": value for name, kept in learnt.items() for part, value in kept.items()}
    arrays: dict[str, Any] = {"version": np.array(vectors.version), "names": names, "rows": rows, **parts}
    np.savez_compressed(path, **arrays)
    _read.cache_clear()


@lru_cache(maxsize=4)
def _read(path: Path, version: str) -> _Shipped:
    """What the file holds; nothing where it is missing or another model made it."""
    if not path.is_file():
        return _Shipped()
    with np.load(path, allow_pickle=False) as stored:
        if str(stored["version"]) != version:
            return _Shipped()
        rows = stored["rows"].astype(np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        learnt: dict[str, dict[str, NDArray[Any]]] = {}
        for file in stored.files:
            name, dot, part = file.partition(".")
            if dot:
                learnt.setdefault(name, {})[part] = stored[file]
        return _Shipped(rows=dict(zip(stored["names"].tolist(), rows, strict=True)), learnt=learnt)


def _name(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16].encode()
