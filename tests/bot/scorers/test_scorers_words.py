"""What an owner reads."""

from __future__ import annotations

import pytest

from bot.scorers.onnx import OnnxScorer
from bot.scorers.words import HARD_TO_TELL, say, summary
from policies.scoring import HeadScore, Reading


def score(label: str, chance: float, *, unsure: bool = False) -> HeadScore:
    return HeadScore(label=label, scores={label: chance, "other": 1 - chance}, unsure=unsure)


@pytest.mark.parametrize(
    ("head", "given", "words"),
    [
        ("emotion", score("anger", 0.95), "sounds angry"),
        ("irony", score("irony", 0.7), "probably sarcastic"),
        ("irony", score("irony", 0.55, unsure=True), HARD_TO_TELL),
        ("complaint", score("complaint", 0.9), "sounds like a complaint"),
        ("hate", score("not_hate", 0.99), "not hate"),
        ("intent", score("wants_refund", 0.99), "wants refund"),
    ],
)
def test_words_for_a_score(head: str, given: HeadScore, words: str) -> None:
    assert say(head, given) == words


def test_a_summary_holds_only_what_matters() -> None:
    heads = {
        "sentiment": score("neutral", 0.9),
        "offensive": score("not_offensive", 0.9),
        "irony": score("irony", 0.51, unsure=True),
        "emotion": score("anger", 0.7),
    }
    assert summary(Reading(language="en", readable=True, heads=heads)) == "probably angry"
    assert summary(Reading(language="en", readable=True, heads={})) == ""


def test_an_unread_language_is_said() -> None:
    assert "language" in summary(Reading(language="fr", readable=False, heads={}))


def test_every_answer_of_the_shipped_model_has_words_without_decimals(scorer: OnnxScorer) -> None:
    for head, labels in scorer.heads.items():
        for label in labels:
            words = say(head, score(label, 0.93))
            assert words
            assert not any(c.isdigit() for c in words)
            assert "_" not in words
