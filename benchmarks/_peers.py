"""What others find such posts by: a list of words as suites have it, VADER, and offensive words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec

from bot.judging.scorers.onnx import OnnxScorer

HOSTILE = "hostile-or-sarcastic-reply"
Topics = frozenset[str]
Peer = Callable[[Sequence[str]], list[Topics]]
#: What somebody would type into the keyword alerts of a suite, by topic; whole words, any case.
WORDS = {
    "testimonial-request": ("review us", "leave a review", "testimonial", "five stars", "5 stars", "rate us"),
    "partner-outreach": ("collab", "collaborate", "collaboration", "partner with", "partnership", "team up"),
    "unauthorised-promise": ("guarantee", "guaranteed", "promise", "refund", "free of charge", "on us"),
    "asks-private-data-in-public": ("your phone number", "your address", "account number", "date of birth"),
    HOSTILE: ("idiot", "stupid", "shut up", "whatever", "your fault", "calm down", "cry about it", "clown"),
    "agency-leak": ("client", "caption", "draft", "lorem ipsum", "as an ai", "hashtag set", "approved by"),
    "undisclosed-ad": ("discount code", "promo code", "use my code", "link in bio", "gifted", "affiliate"),
    "complaint-brushed-off": ("sorry you feel that way", "nothing we can do", "policy", "unfortunately"),
}
_NEGATIVE = -0.05  # the edge of neutral that VADER's authors advise


def keywords(texts: Sequence[str]) -> list[Topics]:
    """The topics of whose words one stands in each text."""
    made = {
        topic: re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b", re.IGNORECASE)
        for topic, words in WORDS.items()
    }
    return [frozenset(topic for topic, one in made.items() if one.search(text)) for text in texts]


def vader(texts: Sequence[str]) -> list[Topics]:
    """Hostile where VADER finds a text negative."""
    analyser = import_module("vaderSentiment.vaderSentiment").SentimentIntensityAnalyzer()
    found = [analyser.polarity_scores(text)["compound"] <= _NEGATIVE for text in texts]
    return [frozenset({HOSTILE} if negative else ()) for negative in found]


def offensive(scorer: OnnxScorer) -> Peer:
    """Hostile where the offensive head alone says so, as toxicity models are used."""

    def said(texts: Sequence[str]) -> list[Topics]:
        readings = scorer.read(list(texts))
        labels = [one.heads["offensive"].label if "offensive" in one.heads else "" for one in readings]
        return [frozenset({HOSTILE} if label == "offensive" else ()) for label in labels]

    return said


def peers(scorer: OnnxScorer) -> dict[str, Peer | None]:
    """All of them; None for one that is not installed."""
    return {
        "keywords": keywords,
        "vader": vader if find_spec("vaderSentiment") else None,
        "offensive_head": offensive(scorer),
    }
