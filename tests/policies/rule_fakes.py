"""Small stand-ins for models: deterministic, and quick."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence

from policies.scoring import HeadScore, Reading

HEADS: Mapping[str, tuple[str, ...]] = {
    "sentiment": ("negative", "neutral", "positive"),
    "offensive": ("offensive", "not_offensive"),
    "emotion": ("anger", "joy", "optimism", "sadness"),
    "complaint": ("complaint", "not_complaint"),
}
_BAD = re.compile(r"\b(awful|terrible|worst|hate|broken|furious|angry)\b", re.IGNORECASE)


class WordScorer:
    """Upset where one of a few words stands; cannot read texts in Cyrillic."""

    version = "words-1"
    heads = HEADS

    def read(self, texts: Sequence[str]) -> list[Reading]:
        return [self._read(text) for text in texts]

    def _read(self, text: str) -> Reading:
        if re.search("[а-я]", text):
            return Reading(language="ru", readable=False, heads={})
        share = 0.9 if _BAD.search(text) else 0.05
        first = {name: labels[0] for name, labels in HEADS.items()}
        return Reading(
            language="en",
            readable=True,
            heads={
                name: HeadScore(
                    label=first[name] if share > 0.5 else labels[-1],
                    scores={first[name]: share, labels[-1]: 1 - share},
                    unsure=False,
                )
                for name, labels in HEADS.items()
            },
        )


class BagEmbedder:
    """Texts are near where they share words; rough, but the same each time."""

    version = "bag-1"
    pairs_version = "none"

    def pairs(self, pairs: Sequence[tuple[str, str]]) -> list[list[float]]:
        return [[0.0] * 12 for _ in pairs]

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        self.asked.extend(texts)
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> list[float]:
        row = [0.0] * 64
        for word in re.findall(r"\w+", text.lower()):
            row[zlib.crc32(word.encode()) % 64] += 1.0
        length = sum(x * x for x in row) ** 0.5 or 1.0
        return [x / length for x in row]
