"""Trained heads: how far a post does one of the things that the owner keeps to herself.

Two stages. The first looks at each sentence and at the whole by its meaning and its words, and beside it the network
for pairs reads the post together with the client's words. The second weighs what both say of all topics against the
tone of post and client, since the same joke is a kindness to one client and an insult to another. How they are made,
and how often they are wrong, stands in training/topics.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from policies.example_model import Lexicon
from policies.model.finding import Span
from policies.model.limits import TopicLimits
from policies.topics.features import Meaning, Numbers, meaning
from policies.vectors import Vectors
from policies.view import View

#: What comes with the program.
SHIPPED = Path(__file__).parent / "heads.npz"
#: How far out a feature of the second stage may lie, in standard deviations.
_FAR = 4.0


class Certainty(StrEnum):
    """What a head may do with what it found."""

    NONE = "none"
    ASKED = "asked"  #: likely enough to ask a person
    SAID = "said"  #: sure enough to say so


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a head says of a post."""

    certainty: Certainty
    chance: float  #: calibrated probability that the post does it
    span: Span | None  #: the sentence that says it most clearly


#: Of a topic that cannot be meant.
_CANNOT = Verdict(certainty=Certainty.NONE, chance=0.0, span=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstStage:
    """Meaning and words of one text to one margin for each topic."""

    lexicon: Lexicon
    words: NDArray[np.float32] = field(repr=False)  #: (grams, topics)
    meaning: NDArray[np.float32] = field(repr=False)  #: (parts of a vector, topics)
    offset: Numbers  #: (topics)
    places: Mapping[str, int] = field(repr=False)  #: row of each gram

    def margins(self, texts: tuple[str, ...], rows: NDArray[np.float32]) -> Numbers:
        """Margins (texts, topics) of texts with their vectors."""
        return np.asarray(rows @ self.meaning + self.offset + np.stack([self._said(text) for text in texts]))

    def _said(self, text: str) -> Numbers:
        row = self.lexicon.row(text)
        if not row:
            return np.zeros_like(self.offset)
        share = np.fromiter(row.values(), dtype=np.float32, count=len(row))
        return np.asarray(share @ self.words[[self.places[gram] for gram in row]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """All heads of one file."""

    topics: tuple[str, ...]
    made_for: str  #: version of the sentence model that they read
    first: FirstStage
    upset: Numbers  #: meaning to how upset a client is; the last number is the offset
    center: Numbers  #: of the second stage's features
    spread: Numbers  #: the same
    weights: NDArray[np.float32] = field(repr=False)  #: (features, topics)
    offset: Numbers  #: (topics)
    calibration: NDArray[np.float32]  #: (2, topics): slope and offset from margin to log odds
    limits: NDArray[np.float32]  #: (2, topics): margins from which a finding is asked, and said

    def read(self, view: View, vectors: Vectors) -> Mapping[str, Verdict]:
        """What each head says of a post; looked at once."""
        if "topics" not in view.kept:
            view.kept["topics"] = self._read(meaning(view), vectors, view.context.limits)
        found: Mapping[str, Verdict] = view.kept["topics"]
        return found

    def limits_of(self, topic: str) -> TopicLimits:
        """From which chances a topic is asked about and said where a brand has no limits of its own."""
        asked, said = self._chances(self.limits)[:, self.topics.index(topic)]
        return TopicLimits(asked=float(asked), said=float(said))

    @property
    def limits_by_topic(self) -> dict[str, TopicLimits]:
        """`limits_of` each topic, in the order of the heads."""
        return {topic: self.limits_of(topic) for topic in self.topics}

    def _chances(self, margins: Numbers) -> Numbers:
        return np.asarray(1 / (1 + np.exp(-(self.calibration[0] * margins + self.calibration[1]))))

    def _read(self, post: Meaning, vectors: Vectors, own: Mapping[str, TopicLimits]) -> Mapping[str, Verdict]:
        first, features = self.features(post, vectors, vectors.pairs([post.pair])[0])
        margins = self.margins(features[None])[0]
        chances = self._chances(margins)
        best = first[1:].argmax(axis=0)
        return {
            topic: Verdict(
                certainty=self._certainty(number, margins[number], float(chances[number]), own.get(topic)),
                chance=float(chances[number]),
                span=post.spans[best[number]] if post.spans else None,
            )
            if post.allows(topic)
            else _CANNOT
            for number, topic in enumerate(self.topics)
        }

    def features(self, post: Meaning, vectors: Vectors, paired: Numbers) -> tuple[Numbers, Numbers]:
        """The first stage's margins (the whole and each sentence, topics), and what the second stage looks at.

        ``paired`` is what the network for pairs says of the post and the client's words.
        """
        rows = vectors.of(post.texts)
        own = (post.whole, *post.sentences)
        first = self.first.margins(own, rows[: len(own)])
        upset = np.float32(rows[-1] @ self.upset[:-1] + self.upset[-1]) if post.answered else np.float32(0)
        seen = [first[0], first[1:].max(axis=0), post.tone, [upset], post.shape, paired]
        return first, np.concatenate(seen)

    def margins(self, features: Numbers) -> Numbers:
        """The second stage (posts, topics)."""
        level = np.clip((features - self.center) / self.spread, -_FAR, _FAR)
        return np.asarray(level @ self.weights + self.offset)

    def _certainty(self, topic: int, margin: float, chance: float, own: TopicLimits | None) -> Certainty:
        if own is None:
            level, (asked, said) = margin, self.limits[:, topic]
        else:
            held = own.within(self.limits_of(self.topics[topic]))
            level, asked, said = chance, held.asked, held.said
        return Certainty.SAID if level >= said else Certainty.ASKED if level >= asked else Certainty.NONE

    def kept(self) -> dict[str, Any]:
        """What a file keeps of them."""
        names = list(self.first.lexicon.rarity)
        return {
            "topics": np.array(self.topics),
            "made_for": np.array(self.made_for),
            "grams": np.frombuffer("\n".join(names).encode(), dtype=np.uint8),
            "rarity": np.array([self.first.lexicon.rarity[name] for name in names], dtype=np.float16),
            "words": self.first.words.astype(np.float16),
            "meaning": self.first.meaning,
            "first_offset": self.first.offset,
            **{name: getattr(self, name) for name in _PLAIN},
        }


_PLAIN = ("upset", "center", "spread", "weights", "offset", "calibration", "limits")


@lru_cache(maxsize=2)
def shipped(path: Path = SHIPPED) -> Heads:
    """The heads in a file, by default those that come with the program."""
    with np.load(path, allow_pickle=False) as kept:
        names = kept["grams"].tobytes().decode().split("\n")
        rarity = dict(zip(names, kept["rarity"].astype(np.float64).tolist(), strict=True))
        first = FirstStage(
            lexicon=Lexicon(rarity=rarity),
            words=kept["words"].astype(np.float32),
            meaning=kept["meaning"],
            offset=kept["first_offset"],
            places={name: number for number, name in enumerate(names)},
        )
        return Heads(
            topics=tuple(kept["topics"].tolist()),
            made_for=str(kept["made_for"]),
            first=first,
            **{name: kept[name] for name in _PLAIN},
        )
