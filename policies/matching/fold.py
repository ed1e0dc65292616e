"""Texts as they are compared: one view without disguise, with a way back into the original.

The view is in compatibility form, case-folded, without accents, invisible characters and look-alike letters of
other scripts (Unicode Standard Annex 15 for the forms; the look-alikes are those of Unicode Technical Standard 39
that people really use). Look-alikes are resolved only in words that mix scripts or stand in a text that is mostly
Latin, so that Russian and Greek stay what they are. Marks that carry the vowels of a script are kept.

Everything takes time linear in the length of the text.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii

from policies.model.finding import Span

_CHUNK = re.compile(r"[!-~]+|\s+|.", re.DOTALL)
_UGLY_ASCII = re.compile(r"\s\s|[\t\n\r\x0b\x0c\x1c-\x1f\x00-\x08\x0e-\x1b\x7f]")
_WORD = re.compile(r"[^\W_]+")
_PLAIN = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "„": '"'})
_DASHES = frozenset("‐‑‒–—―−")
_LONG_DASHES = frozenset("–—―")
#: Combining classes whose marks carry meaning of their own: nukta, kana voicing, virama.
_KEPT_CLASSES = frozenset((0, 7, 8, 9))
_VANISHING = frozenset("\u034f\u3164\u115f\u1160\uffa0\u2800")

_LOOKALIKES = dict(
    zip(
        "аеорсухіјѕԁһԛԝкмтвнѵгғқʙոսզցհօαορυνικτεχγηωβ",
        "aeopcyxijsdhqwkmtbhvrfkbnuqghoaopuviktexynwb",
        strict=True,
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """A text as it is compared."""

    text: str  #: without disguise; white space runs are one space, or one line feed where they have one
    original: str
    starts: array[int] | None  #: place in the original of each character; None where all are the same

    def with_dashes(self) -> str:
        """The view with the long dashes that stand in the original, place by place."""
        if self.starts is None or not _LONG_DASHES.intersection(self.original):
            return self.text
        return "".join(
            self.original[start] if char == "-" and self.original[start] in _LONG_DASHES else char
            for char, start in zip(self.text, self.starts, strict=True)
        )

    def span(self, start: int, end: int) -> Span:
        """The stretch of the original behind a stretch of the view."""
        if self.starts is None:
            return Span(start=start, end=end)
        if start >= end:
            at = self.starts[start] if start < len(self.starts) else len(self.original)
            return Span(start=at, end=at)
        last = self.starts[end - 1] + 1
        while last < len(self.original) and not _fold_char(self.original[last]):
            last += 1
        return Span(start=self.starts[start], end=last)


def fold(text: str) -> Folded:
    """The view of a text. Lone surrogates become replacement characters."""
    if text.isascii() and not _UGLY_ASCII.search(text):
        return Folded(text=text.lower(), original=text, starts=None)
    pieces: list[str] = []
    starts: array[int] = array("l")
    for chunk in _CHUNK.finditer(text):
        piece, start = chunk[0], chunk.start()
        if "!" <= piece[0] <= "~":
            pieces.append(piece.lower())
            starts.extend(range(start, chunk.end()))
            continue
        folded = _space(piece) if piece[0].isspace() else _fold_char(piece)
        pieces.append(folded)
        starts.extend([start] * len(folded))
    return Folded(text=_without_lookalikes("".join(pieces)), original=text, starts=starts)


def fold_word(text: str) -> str:
    """The view of a text that stands in a rule."""
    return fold(text).text.strip()


def _space(run: str) -> str:
    return "\n" if "\n" in run else " "


@lru_cache(maxsize=65536)
def _fold_char(char: str) -> str:
    """What one character is compared as: nothing, or one or more characters."""
    if char in _DASHES:
        return "-"
    if char in _VANISHING or "\ufe00" <= char <= "\ufe0f":
        return ""
    if "\ud800" <= char <= "\udfff":
        return "\ufffd"
    decomposed = unicodedata.normalize("NFKD", char.translate(_PLAIN))
    kept = "".join(c for c in decomposed if not _vanishes(c))
    folded = unicodedata.normalize("NFKC", kept).casefold()
    if any(unicodedata.combining(c) == 230 for c in folded):  # i with dot above folds to i and a dot
        folded = "".join(c for c in folded if unicodedata.combining(c) != 230)
    return _plain_letter(folded) if len(folded) == 1 and not folded.isascii() else folded


def _vanishes(char: str) -> bool:
    category = unicodedata.category(char)
    if category == "Mn":
        return unicodedata.combining(char) not in _KEPT_CLASSES
    return category in ("Me", "Cf", "Cc")


def _plain_letter(char: str) -> str:
    """Letters in boxes and variants of Latin letters that have no decomposition, as plain letters."""
    name = unicodedata.name(char, "")
    if name.startswith(("LATIN", "NEGATIVE", "SQUARED", "CROSSED NEGATIVE", "MODIFIER LETTER SMALL")):
        letters = anyascii(char).lower()
        return letters if letters.isalnum() else char
    return char


def _without_lookalikes(text: str) -> str:
    if text.isascii():
        return text
    letters = sum(1 for c in text if c.isalpha())
    mostly_latin = sum(1 for c in text if "a" <= c <= "z") * 2 > letters
    return _WORD.sub(lambda word: _latin(word[0], mostly_latin=mostly_latin), text)


def _latin(word: str, *, mostly_latin: bool) -> str:
    if word.isascii() or not (mostly_latin or any("a" <= c <= "z" for c in word)):
        return word
    letters = [c if c.isascii() else _LOOKALIKES.get(c, "") for c in word]
    return "".join(letters) if all(letters) else word
