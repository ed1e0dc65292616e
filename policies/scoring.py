"""The port through which checks see a model: text in, label scores out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadScore:
    """What one head of the model says of a text."""

    label: str  #: the most probable label
    scores: Mapping[str, float]  #: calibrated probability per label, sums to 1
    unsure: bool  #: True where the best probability lies in the head's unsure band


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a model makes of one text."""

    language: str | None  #: ISO 639-1 code, None where the text has nothing to identify
    readable: bool  #: False where the model cannot read this language: heads is then empty
    heads: Mapping[str, HeadScore]  #: by head name, for instance ``sentiment``


class Scorer(Protocol):
    """Reads the tone of texts."""

    @property
    def version(self) -> str:
        """Changes whenever any score could change."""

    @property
    def heads(self) -> Mapping[str, tuple[str, ...]]:
        """Head name -> its labels."""

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """One reading per text, in order."""


class Embedder(Protocol):
    """Places texts in a space where near means alike in meaning, and reads what one does to another that it answers."""

    @property
    def version(self) -> str:
        """Changes whenever any vector could change."""

    @property
    def pairs_version(self) -> str:
        """Changes whenever what is said of pairs could change."""

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """One vector of unit length per text, in order."""

    def pairs(self, pairs: Sequence[tuple[str, str]]) -> Sequence[Sequence[float]]:
        """For what a client said (may be empty) and what the brand published: log odds of each head.

        First what `policies.threads` asks of an exchange, then the topics of `policies.topics`.
        """
