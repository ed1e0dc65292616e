"""What the topic heads see of a post: its words and meaning, what it answers, and the tone of both.

Learning and judging both call this module, so a head never meets a post that was prepared in another way.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from policies.model.finding import Span
from policies.scoring import Reading
from policies.threads.exchange import words_of
from policies.view import SHORTEST_COMPARED, View, plain_text

Numbers = NDArray[np.float32]
#: How somebody signs a post: it tells who wrote, not what was said.
_MARK = re.compile(r"\s+(?:\^\w{1,3}|[-–—~]\s?\w{1,10}|/\w{2,3}|\*\w{2,3})\s*$")
#: Labels of the tone model that count, by head: of two, one says all.
TONES = {
    "sentiment": ("negative", "neutral", "positive"),
    "offensive": ("offensive",),
    "irony": ("irony",),
    "hate": ("hate",),
    "emotion": ("anger", "joy", "optimism", "sadness"),
    "complaint": ("complaint",),
}
#: Topics that are about how somebody is answered.
ABOUT_ANSWERS = frozenset({"hostile-or-sarcastic-reply", "complaint-brushed-off"})
_IN_PRIVATE = re.compile(
    r"\b(dms?|pms?|direct message|private(ly)?|inbox|(message|e-?mail|call|ring) us)\b", re.IGNORECASE
)
#: Characters of a text that are looked at.
LONGEST = 2_000
#: Posts of the brand, each answering the one before, that are followed up to what a client said.
_GOES_ON = 4
_SURE = 0.999


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """A post as the heads see it."""

    whole: str  #: its own words, without the sign-off
    sentences: tuple[str, ...]  #: each that says something; the whole where none does
    spans: tuple[Span, ...]  #: where the sentences stand in the post
    answered: str  #: what it answers; empty where it answers nothing, or nobody knows what
    inbound: bool  #: whether a client said that
    pair: tuple[
        str, str
    ]  #: what the client said whom it answers, empty where it answers none; and its own words
    tone: Numbers  #: of the post, and then of what it answers

    def allows(self, topic: str) -> bool:
        """Whether a topic can be meant: some are about answers, and what is asked in private is not asked in public."""
        if topic in ABOUT_ANSWERS:
            return bool(self.answered)
        return topic != "asks-private-data-in-public" or not _IN_PRIVATE.search(self.whole)

    @property
    def texts(self) -> tuple[str, ...]:
        """What the sentence model must see."""
        return (self.whole, *self.sentences, *((self.answered,) if self.answered else ()))

    @property
    def shape(self) -> Numbers:
        """What can be counted: answer or not, to whom, how long, and who asks."""
        plain = (bool(self.answered), self.inbound, "?" in self.whole, "?" in self.answered)
        return np.array([*plain, np.log1p(len(self.whole)), len(self.sentences)], dtype=np.float32)


def meaning(view: View) -> Meaning:
    """What the heads see of a post; looked at once."""
    if "meaning" not in view.kept:
        view.kept["meaning"] = _meaning(view)
    found: Meaning = view.kept["meaning"]
    return found


def _meaning(view: View) -> Meaning:
    parent = view.parent
    spans = [span for span in view.sentences if span.end - span.start >= SHORTEST_COMPARED]
    spans = spans or list(view.sentences[:1])
    whole = _words(view)
    return Meaning(
        whole=whole,
        sentences=tuple(_unsigned(view.plain(span)) or whole for span in spans) or (whole,),
        spans=tuple(spans),
        answered=_words(parent) if parent else "",
        inbound=parent is not None and not parent.post.outbound,
        pair=_pair(view),
        tone=np.concatenate([_tone(view.reading), _tone(parent.reading if parent else None)]),
    )


def _pair(view: View) -> tuple[str, str]:
    """As `policies.threads.exchange` puts it; what goes on in a second post answers what the first one did."""
    said = view.parent
    for _ in range(_GOES_ON):
        if said is None or not said.post.outbound:
            break
        said = said.parent
    client = words_of([said.post]) if said is not None and not said.post.outbound else ""
    return client, words_of([view.post])


def _words(view: View) -> str:
    return plain_text(_unsigned(view.own.strip())[:LONGEST])


def _unsigned(text: str) -> str:
    return _MARK.sub("", text)


def _tone(reading: Reading | None) -> Numbers:
    """The log odds of each label that counts; 0 where nobody knows."""
    return np.concatenate([_odds(reading, head, labels) for head, labels in TONES.items()])


def _odds(reading: Reading | None, head: str, labels: Sequence[str]) -> Numbers:
    if reading is None or head not in reading.heads:
        return np.zeros(len(labels), dtype=np.float32)
    scores = reading.heads[head].scores
    chance = np.clip([scores.get(label, 0.0) for label in labels], 1 - _SURE, _SURE)
    return np.asarray(np.log(chance / (1 - chance)), dtype=np.float32)
