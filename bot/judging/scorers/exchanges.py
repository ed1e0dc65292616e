"""Reads exchanges: whether a client complains, is in danger, needs the owner, and was brushed off.

Four layers of their own above the frozen part of the tone model, learnt from labelled conversations
(training/exchanges). The figures stand in the model card.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from bot.judging.scorers.batches import Ids
from bot.judging.scorers.folder import SHIPPED, open_folder
from bot.judging.scorers.language import Languages
from bot.judging.scorers.onnx import Floats, ToneNetwork, session
from bot.judging.scorers.prepare import VERSION
from policies.scoring import HeadScore, Reading
from policies.threads.exchange import parts_of

FILE = "exchange.onnx"
#: Heads in the order of the outputs, each with the label that its probability is of and the other.
HEADS = {
    "complaint": ("complaint", "none"),
    "owner": ("needed", "not_needed"),
    "grave": ("grave", "none"),
    "brushed_off": ("brushed_off", "none"),
}


class OnnxExchanges:
    """Reads texts made by `policies.threads.exchange`. Implements `policies.scoring.Scorer`."""

    def __init__(
        self, folder: Path = SHIPPED, *, tone: ToneNetwork | None = None, threads: int | None = None
    ) -> None:
        """Open the files in `folder`, or go on from a `tone` model that is open already.

        Raises `ModelBroken` for a missing or altered file.
        """
        self._folder = open_folder(folder)
        self._tone = tone or ToneNetwork(self._folder, threads)
        self._session = session(self._folder.verified(FILE))
        self._languages = Languages()

    @property
    def version(self) -> str:
        """Return what changes whenever a score could change."""
        hashes = self._folder.hashes
        parts = [hashes[FILE], hashes["tone.onnx"], hashes["tokenizer.json"], VERSION]
        return "exchange-" + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    @property
    def heads(self) -> Mapping[str, tuple[str, ...]]:
        """Return the labels of each head."""
        return HEADS

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """Return a reading of each exchange, in order. The language is the client's."""
        pairs = [parts_of(text) for text in texts]
        tongues = [self._languages.tell(said) for said, _ in pairs]
        chances = self._chances(pairs)
        return [
            Reading(
                language=tongue.language,
                readable=tongue.readable,
                heads=_scores(row) if tongue.readable else {},
            )
            for tongue, row in zip(tongues, chances, strict=True)
        ]

    def _chances(self, pairs: Sequence[tuple[str, str]]) -> Floats:
        """Return the probabilities (exchanges, heads)."""
        out = np.zeros((len(pairs), len(HEADS)), dtype=np.float32)
        for batch, logits in self._tone.over(pairs, self._logits):
            out[batch.rows] = 1 / (1 + np.exp(-logits))
        return out

    def _logits(self, ids: Ids) -> Floats:
        found: Floats = self._session.run(["logits"], {"ids": ids, "lower": self._tone.lower(ids)})[0]
        return found


def _scores(row: Floats) -> dict[str, HeadScore]:
    out = {}
    for (head, (label, other)), chance in zip(HEADS.items(), row.tolist(), strict=True):
        scores = {label: chance, other: 1 - chance}
        best = max(scores, key=scores.__getitem__)
        out[head] = HeadScore(label=best, scores=scores, unsure=False)
    return out
