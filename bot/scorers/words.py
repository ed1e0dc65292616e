"""What a model says, in an owner's words. Probabilities stay in the machine-readable forms."""

from policies.scoring import HeadScore, Reading

#: Probability from which on the words sound certain.
_CERTAIN = 0.85

#: How a text sounds, by head and label. A label that is missing is a plain denial and not worth a word.
_SOUNDS = {
    ("sentiment", "negative"): "unhappy",
    ("sentiment", "neutral"): "matter-of-fact",
    ("sentiment", "positive"): "pleased",
    ("offensive", "offensive"): "offensive",
    ("irony", "irony"): "sarcastic",
    ("hate", "hate"): "hateful",
    ("emotion", "anger"): "angry",
    ("emotion", "joy"): "joyful",
    ("emotion", "optimism"): "hopeful",
    ("emotion", "sadness"): "sad",
    ("complaint", "complaint"): "like a complaint",
}
HARD_TO_TELL = "hard to tell"


def say(head: str, score: HeadScore) -> str:
    """Return one head's answer in words: `sounds angry`, `probably sarcastic`, `not offensive`, `hard to tell`."""
    if score.unsure:
        return HARD_TO_TELL
    sounds = _SOUNDS.get((head, score.label))
    if sounds is None:
        return score.label.replace("_", " ")
    return f"sounds {sounds}" if score.scores[score.label] >= _CERTAIN else f"probably {sounds}"


def summary(reading: Reading) -> str:
    """Return what is worth an owner's eye in one line, empty where nothing is.

    Denials and plain neutral texts are left out, and so is what the model is unsure of.
    """
    if not reading.readable:
        return "in a language that the tone model does not read"
    said = [
        say(head, score)
        for head, score in reading.heads.items()
        if not score.unsure and (head, score.label) in _SOUNDS and score.label != "neutral"
    ]
    return ", ".join(said)
