"""Words with letters hidden behind signs: ``f**k``, ``mo****f***er``, ``sh!t``, ``w_nker``, for rules that ask for it.

Of each word of a text that has signs between letters, or at an end, the words of the rules are asked which of them
it can be: its letters are theirs in their order, and each run of signs stands for as many letters as its kind may
hide. Stars and pictures hide any; a full stop, a hyphen or a stroke, which stand in ordinary words as well, only
vowels, one for one. A word of which but one letter is left must have exactly as many signs as letters are gone.
What is bold or slanted by Markdown hides nothing.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

#: Signs that people hide letters behind; pictures of all kinds are others.
STRONG = frozenset("*#@$%")
_WEAK = frozenset("!_~^+<>.-'|/\\=:`")
_VOWELS = frozenset("aeiou")
_LEET = str.maketrans("01345", "oieas")
_FIRST = str.maketrans("@$", "as")
_TOKEN = re.compile(
    r"(?<![^\W_])[^\W_](?: (?:[*#@$%]|[^\W_](?![^\W_]))){2,}(?![^\W_])|[^\s?,;&()\[\]{}\"]+"  # s h * t, or a word
)
_BOLD = re.compile(r"(\*{1,3}|_{1,3}|~~)(?P<inner>.+)\1")
_BOLD_START = re.compile(r"(\*{1,3}|_{1,3}|~~)(?P<inner>[^\W_]+)\1")
_WEAK_END = re.compile(r"(?:[!_~^+<>.'|/\\=:`]|(?<!-)-{1,2}(?!-))+$")
_DASH = re.compile(r"[-–—]")
SHORTEST = 4  #: letters of a word of the rules that is looked for
_LONGEST, _MOST = 40, 6  #: letters of a masked word; words that one can be
_FEW = 3  #: letters that one star may hide, and signs that a word with but one letter has

Trie = dict[str, Any]  #: by letter what follows; "" has the word that ends there


@dataclass(frozen=True, slots=True)
class _Hidden:
    """Letters that are gone."""

    fewest: int
    most: int
    vowel: bool  #: whether one of them must be a vowel


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmasked:
    """A text with its masked words written out."""

    text: str
    starts: array[int]  #: where what stands behind each character of it starts in the masked text
    ends: array[int]  #: where it ends
    masked: array[int]  #: how many characters before each were masked

    def stretch(self, start: int, end: int) -> tuple[int, int] | None:
        """The stretch of the masked text behind one of this text; None where nothing in it was masked."""
        if self.masked[start] == self.masked[end]:
            return None
        return self.starts[start], self.ends[end - 1]


@dataclass(slots=True)
class Masks:
    """The words of the rules, as they are looked for behind signs."""

    _trie: Trie = field(default_factory=dict)

    def add(self, form: str, *, open_end: bool) -> None:
        """Enter a word, or each word of a phrase."""
        for word in form.split(" "):
            if len(word) >= SHORTEST and word.isalpha():
                endings = ("", "s", "ed", "er", "ers", "in", "ing") if open_end else ("",)
                for ending in endings:
                    self._enter(word + ending, word, open_end=open_end)

    def _enter(self, word: str, found: str, *, open_end: bool) -> None:
        node = self._trie
        for letter in word:
            node = node.setdefault(letter, {})
        node.setdefault("", {})[found] = open_end and word == found

    def unmasked(self, text: str) -> Iterator[Unmasked]:
        """The text once for each choice of what its masked words can be; nothing where none is masked."""
        if not self._trie:
            return
        known: dict[str, list[str]] = {}
        masked = []
        for token in _TOKEN.finditer(text):
            word = token[0]
            if word.isalnum() or len(word) > _LONGEST or not any(map(str.isalpha, word)):
                continue
            if word not in known:
                known[word] = self._words(word)
            if known[word] and (_without_markup(word)[0] != "*" or _opens_nothing(token)):
                masked.append((token.span(), known[word]))
        for choice in range(max((len(words) for _, words in masked), default=0)):
            yield _written_out(text, [(span, words[min(choice, len(words) - 1)]) for span, words in masked])

    def _words(self, token: str) -> list[str]:
        """What a masked word can be."""
        word = _without_markup(token)
        return self._read(word) or [one for part in _DASH.split(word) for one in self._read(part)][:_MOST]

    def _read(self, word: str) -> list[str]:
        parts = list(_parts(word))
        seen = [part for part in parts if isinstance(part, str)]
        if len(seen) == len(parts) and word[:1] not in STRONG:
            return []
        letters = sum(len(part) for part in seen)
        few = letters == 1 and len(parts) == 2 and word[0].isalpha()  # f***
        if not (letters > 1 or (few and len(word) > _FEW)):
            return []
        return list(dict.fromkeys(_found([self._trie], parts)))[:_MOST]


def _found(nodes: list[Trie], parts: list[str | _Hidden]) -> Iterator[str]:
    """The words that the parts can be, read from these places of the trie."""
    for place, part in enumerate(parts):
        if isinstance(part, _Hidden):
            nodes = [below for node in nodes for below in _below(node, part, 0, seen=not part.vowel)]
            continue
        for number, letter in enumerate(part):
            nodes = [node[letter] for node in nodes if letter in node]
            if (
                number < len(part) - 1 or place < len(parts) - 1
            ):  # the last letter of what may go on can be seen
                yield from (word for node in nodes for word, goes_on in node.get("", {}).items() if goes_on)
    yield from (word for node in nodes for word in node.get("", ()))


def _below(node: Trie, hidden: _Hidden, depth: int, *, seen: bool) -> Iterator[Trie]:
    if depth >= hidden.fewest and seen:
        yield node
    if depth < hidden.most:
        for letter, following in node.items():
            if letter:
                yield from _below(following, hidden, depth + 1, seen=seen or letter in _VOWELS)


def _without_markup(token: str) -> str:
    """The word without marks of emphasis, and without what ends a sentence."""
    word = _WEAK_END.sub("", token.replace(" ", "")).removesuffix("'s")
    if bold := _BOLD.fullmatch(word) or _BOLD_START.match(word):
        word = bold["inner"] + word[bold.end() :]
    return word.lstrip("!_~^+<>.-'|/\\=:`")


def _parts(word: str) -> Iterator[str | _Hidden]:
    """Letters, and what is hidden between them."""
    if word[:1] in {"@", "$"}:
        word = word[0].translate(_FIRST) + word[1:]
    groups = [(letters, "".join(run)) for letters, run in groupby(word, str.isalnum)]
    for place, (letters, run) in enumerate(groups):
        yield run.translate(_LEET) if letters else _hidden(run, place, last=place == len(groups) - 1)


def _hidden(run: str, place: int, *, last: bool) -> _Hidden:
    """How many letters a run of signs may stand for."""
    many, inner = len(run), place > 0 and not last
    if not any(_is_strong(sign) for sign in run) and not (last and run == "-" * many and many >= _FEW):
        return _Hidden(many, many, vowel=True) if inner and _WEAK.issuperset(run) else _NOTHING
    if place == 0 and run != "*" * many:
        return _NOTHING
    if not inner or (many == 1 and run in STRONG and run != "*"):
        return _Hidden(many, many, vowel=False)
    return _Hidden(min(many, 2) - (many == 2), max(many + 1, _FEW), vowel=False)


_NOTHING = _Hidden(1, 0, vowel=False)  #: signs that cannot stand for letters


def _is_strong(sign: str) -> bool:
    return sign in STRONG or not (sign.isascii() or sign.isalnum())


def _opens_nothing(token: re.Match[str]) -> bool:
    """Whether a star before a word, in the midst of a line, neither emphasises nor notes anything."""
    text = token.string
    line_start = text.rfind("\n", 0, token.start()) + 1
    line_end = text.find("\n", token.end())
    around = text[line_start : token.start()], text[token.end() : line_end if line_end >= 0 else None]
    return bool(around[0].strip()) and "*" not in "".join(around) and not token[0].endswith("*")


def _written_out(text: str, chosen: Iterable[tuple[tuple[int, int], str]]) -> Unmasked:
    pieces: list[str] = []
    starts, ends, masked = array("l"), array("l"), array("l", [0])

    def put(piece: str, places: Iterable[tuple[int, int]], *, was_masked: bool) -> None:
        pieces.append(piece)
        for start, end in places:
            starts.append(start)
            ends.append(end)
            masked.append(masked[-1] + was_masked)

    reached = 0
    for (start, end), word in chosen:
        put(text[reached:start], ((at, at + 1) for at in range(reached, start)), was_masked=False)
        put(word, ((start, end) for _ in word), was_masked=True)
        reached = end
    put(text[reached:], ((at, at + 1) for at in range(reached, len(text))), was_masked=False)
    return Unmasked(text="".join(pieces), starts=starts, ends=ends, masked=masked)
