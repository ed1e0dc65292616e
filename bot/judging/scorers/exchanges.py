"""Reads exchanges: whether a client complains, is in danger, needs the owner, and was brushed off.

Two opinions are averaged: four layers above the frozen part of the tone model that learnt from labelled conversations,
and straight lines through the sentence vectors and the tone of both parts. They err in different places
(training/exchanges). The figures stand in the model card.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.judging.scorers.folder import SHIPPED, open_folder
from bot.judging.scorers.language import Languages
from bot.judging.scorers.onnx import Floats, OnnxScorer
from bot.judging.scorers.pairs import ASKED, FILE, Pairs
from bot.judging.scorers.prepare import VERSION
from bot.judging.scorers.similar import OnnxEmbedder
from policies.scoring import HeadScore, Reading
from policies.threads.exchange import parts_of

LINES = "exchange.npz"
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
        self,
        folder: Path = SHIPPED,
        *,
        scorer: OnnxScorer | None = None,
        embedder: OnnxEmbedder | None = None,
    ) -> None:
        """Open the files in `folder`, beside a tone and a sentence model that may be open already.

        Raises `ModelBroken` for a missing or altered file.
        """
        self._folder = open_folder(folder)
        self._scorer = scorer or OnnxScorer(folder)
        self._embedder = embedder or OnnxEmbedder(folder, tone=self._scorer.tone)
        self._paired = self._embedder.paired
        with np.load(self._folder.verified(LINES)) as lines:
            self._weights, self._shift = lines["weights"], lines["shift"]
        self._languages = Languages()

    @property
    def version(self) -> str:
        """Return what changes whenever a score could change."""
        hashes = self._folder.hashes
        parts = [hashes[FILE], hashes[LINES], self._scorer.version, self._embedder.version, VERSION]
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

    def _chances(self, pairs: Pairs) -> Floats:
        """Return the probabilities (exchanges, heads)."""
        learnt = self._paired.logits(pairs)[:, : len(ASKED)]
        straight = features(self._scorer, self._embedder, pairs) @ self._weights + self._shift
        found: Floats = 1 / (1 + np.exp(-(learnt + straight) / 2))
        return found


def features(scorer: OnnxScorer, embedder: OnnxEmbedder, pairs: Pairs) -> npt.NDArray[np.float64]:
    """Return what the straight lines go through (exchanges, features): meanings, tones and shapes of both parts."""
    said, answered = [one for one, _ in pairs], [other for _, other in pairs]
    width = sum(len(labels) for labels in scorer.heads.values())
    meant, told = (
        np.array(embedder.embed(texts), dtype=float).reshape(-1, 384) for texts in (said, answered)
    )
    tones = [_tone(scorer, texts).reshape(-1, width) for texts in (said, answered)]
    shapes = np.array([_shape(*pair) for pair in pairs], dtype=float).reshape(-1, 9)
    return np.hstack([meant, tones[0], told, tones[1], shapes, meant * told])


def _tone(scorer: OnnxScorer, texts: Sequence[str]) -> npt.NDArray[np.float64]:
    """Return the log-odds of each label of each head."""
    rows = [
        [chance for head in one.values() for chance in head.scores.values()] for one in scorer.scores(texts)
    ]
    chances = np.clip(np.array(rows, dtype=float), 1e-4, 1 - 1e-4)
    odds: npt.NDArray[np.float64] = np.log(chances / (1 - chances))
    return odds


def _shape(said: str, answered: str) -> list[float]:
    """Return how long both parts are, and the marks that they carry."""
    capitals = sum(char.isupper() for char in said) / max(1, len(said))
    messages = (min(said.count("\n") + 1, 5), min(answered.count("\n") + 1, 5) if answered else 0)
    marks = ("?" in said, "!" in said, capitals, "?" in answered, "http" in answered)
    return [*messages, float(np.log1p(len(said))), float(np.log1p(len(answered))), *map(float, marks)]


def _scores(row: Floats) -> dict[str, HeadScore]:
    out = {}
    for (head, (label, other)), chance in zip(HEADS.items(), row.tolist(), strict=True):
        scores = {label: chance, other: 1 - chance}
        best = max(scores, key=scores.__getitem__)
        out[head] = HeadScore(label=best, scores=scores, unsure=False)
    return out
