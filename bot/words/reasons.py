"""Why something could not be done, from the code and the parts that are kept of it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.words import knows, say


def reason(code: str, parts: Mapping[str, str | int]) -> str:
    """The sentence of a code ``unchecked.<code>``, and what mends it, ``mend.<mend>`` of its part ``mend``.

    A platform that brings sentences of its own, which no catalogue has, is told as it says them.
    """
    sentence = say(f"unchecked.{code}", **parts) if knows(f"unchecked.{code}") else code
    mend = parts.get("mend", "")
    advice = say(f"mend.{mend}") if knows(f"mend.{mend}") else str(mend)
    return f"{sentence} {advice}".strip()
