"""Words written in leetspeak, spaced out, dotted or drawn out, for rules that ask for it.

Both the rule's words and the text are pressed into one form: signs become the letters they imitate, ``l`` and ``i``
are one letter, doubled letters are single, and letters that stand apart are joined. A stretch counts as disguised
only where something in it was pressed together, so that plain words stay the business of the plain view.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass

#: Signs and the letters that they stand for.
_LEET = str.maketrans("01345789@$!|+€", "oieastbgasiite")
_L_IS_I = str.maketrans("l", "i")
_TOKEN = re.compile(
    r"(?P<apart>(?<![^\W_])[^\W_](?:[ .\-_*·•|/]{1,2}[^\W_]){3,}(?![^\W_]))|(?P<word>\S+)|(?P<space>\s+)"
)
_LETTER = re.compile(r"[a-z]")
_DOUBLE = re.compile(r"(.)\1+")
_DRAWN_OUT = re.compile(r"([^\W\d_])\1\1")
_INSIDE = frozenset("._*-~|'")
_SIGNS = frozenset("01345789@$!|+€")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """The pressed form of a folded text."""

    text: str
    starts: array[int]  #: place in the folded text of each character
    ends: array[int]  #: where it ends there; of doubled letters, where the last of them does

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the folded text behind a stretch of the pressed one."""
        return self.starts[start], self.ends[end - 1]


def press_word(folded: str) -> str:
    """The pressed form of a rule's folded words."""
    return _DOUBLE.sub(r"\1", folded.translate(_LEET).translate(_L_IS_I))


def press(folded: str) -> Pressed:
    """The pressed form of a folded text."""
    chars: list[str] = []
    starts, ends = array("l"), array("l")
    for token in _TOKEN.finditer(folded):
        kind = token.lastgroup
        if kind == "space":
            chars.append(" ")
            starts.append(token.start())
            ends.append(token.start() + 1)
            continue
        text = token[0]
        plain = kind == "word" and not _LETTER.search(text)
        for offset, char in enumerate(text):
            letter = char if plain else _letter(text, offset)
            if not letter:
                continue
            if chars and chars[-1] == letter and letter.isalpha():
                ends[-1] = token.start() + offset + 1
                continue
            chars.append(letter)
            starts.append(token.start() + offset)
            ends.append(token.start() + offset + 1)
    return Pressed(text="".join(chars), starts=starts, ends=ends)


def _letter(token: str, offset: int) -> str:
    char = token[offset]
    if char.isalpha():
        return char.translate(_L_IS_I)
    followed = any(c.isalnum() for c in token[offset + 1 : offset + 4])
    preceded = any(c.isalnum() for c in token[max(0, offset - 3) : offset])
    if char in _SIGNS and (followed or (preceded and char.isdigit()) or (preceded and char in "$@")):
        return char.translate(_LEET) if char not in "@|" or preceded else char
    if char == "'" and not any(c.isalnum() for c in token[offset + 2 :]):
        return char  # a possessive or a short form, as in Twatt's
    if (char in _INSIDE or char == " ") and preceded and followed:
        return ""
    return char


def is_disguised(stretch: str) -> bool:
    """Whether a stretch of folded text has signs, gaps or drawn-out letters in it."""
    inner = stretch.strip()
    return bool(
        any(c in _SIGNS or c in _INSIDE for c in inner)
        or _DRAWN_OUT.search(inner)
        or re.search(r"(?:^|\s)\S(?:\s\S){2,}(?:\s|$)", inner)
    )
