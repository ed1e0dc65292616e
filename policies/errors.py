"""The base of all our errors: each says what happened, what mends it, and whether trying again can help."""

from __future__ import annotations


class OversightError(Exception):
    """Something that a person may see."""

    def __init__(self, message: str, *, mend: str = "", permanent: bool = True) -> None:
        super().__init__(message)
        self.mend = mend  #: what to do next, in one sentence
        self.permanent = permanent  #: False where a later try may succeed by itself

    def __str__(self) -> str:
        return f"{super().__str__()} {self.mend}".strip()
