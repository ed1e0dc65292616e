"""Sentence vectors: how alike two texts are in meaning. The published all-MiniLM-L6-v2, in two files.

Its lowest layers are the frozen part of the tone model, so `tone.onnx` computes them and `similar.onnx` goes on from
there.
"""

import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from bot.judging.scorers.batches import Ids
from bot.judging.scorers.folder import SHIPPED, open_folder
from bot.judging.scorers.onnx import Floats, ToneNetwork, session
from bot.judging.scorers.pairs import PairNetwork, Pairs
from bot.judging.scorers.prepare import VERSION


class OnnxEmbedder:
    """Places texts in the space of all-MiniLM-L6-v2. Implements `policies.scoring.Embedder`."""

    def __init__(
        self, folder: Path = SHIPPED, *, tone: ToneNetwork | None = None, threads: int | None = None
    ) -> None:
        """Open the files in `folder`, or go on from a `tone` model that is open already.

        Raises `ModelBroken` for a missing or altered file.
        """
        self._folder = open_folder(folder)
        self._tone = tone or ToneNetwork(self._folder, threads)
        self._session = session(self._folder.verified("similar.onnx"))

    @cached_property
    def paired(self) -> PairNetwork:
        """What reads a text together with the one that it answers, opened when first asked for.

        Raises `ModelBroken` for a missing or altered file.
        """
        return PairNetwork(self._folder, self._tone)

    @property
    def version(self) -> str:
        """Return what changes whenever a vector could change."""
        hashes = self._folder.hashes
        parts = [hashes["similar.onnx"], hashes["tokenizer.json"], VERSION, str(self._folder.max_tokens)]
        return "similar-" + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    @property
    def pairs_version(self) -> str:
        """Return what changes whenever what is said of pairs could change."""
        return f"pairs-{self.paired.hash[:16]}"

    def pairs(self, pairs: Pairs) -> list[tuple[float, ...]]:
        """Return the log odds of each head of `bot.judging.scorers.pairs` for each pair, in order."""
        return [tuple(row) for row in self.paired.logits(pairs).tolist()]

    def embed(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        """Return a vector of 384 numbers and unit length for each text, in order.

        Links, names and emoji are said in words first, so texts that differ in them only are near.
        """
        out: list[tuple[float, ...]] = [()] * len(texts)
        for batch, vectors in self._tone.over(texts, self._vectors):
            for row, vector in zip(batch.rows, vectors.tolist(), strict=True):
                out[row] = tuple(vector)
        return out

    def _vectors(self, ids: Ids) -> Floats:
        vectors: Floats = self._session.run(["vectors"], {"ids": ids, "lower": self._tone.lower(ids)})[0]
        return vectors
