"""The base of all our errors: each says what happened, what mends it, and whether trying again can help."""

from __future__ import annotations

import re

#: what moves a terminal's cursor or turns the direction of a line; a platform's own words may hold it
_MOVES = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class OversightError(Exception):
    """Something that a person may see."""

    def __init__(self, message: str, *, mend: str = "", permanent: bool = True) -> None:
        super().__init__(still(message))
        self.mend = still(mend)  #: what to do next, in one sentence
        self.permanent = permanent  #: False where a later try may succeed by itself

    def __str__(self) -> str:
        return f"{super().__str__()} {self.mend}".strip()


def still(text: str) -> str:
    """Text that cannot move a terminal's cursor; its lines stay lines."""
    return _MOVES.sub(" ", text)
