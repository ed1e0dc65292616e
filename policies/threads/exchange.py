"""What one client said in a conversation and what they were answered, as one text for the model.

The parts are joined by a sign that no post keeps: `policies.threads.conversations.words_of` folds all white space, of
which the record separator is a kind. So one scorer, and one store of what it said, serve posts and exchanges alike.
"""

from __future__ import annotations

_BETWEEN = "\x1e"


def exchange(said: str, answered: str) -> str:
    """One text of both parts."""
    return f"{said}{_BETWEEN}{answered}"


def parts_of(text: str) -> tuple[str, str]:
    """What was said and what was answered; the latter is empty where nothing was, or where the text is no exchange."""
    said, _, answered = text.partition(_BETWEEN)
    return said, answered
