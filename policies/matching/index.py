"""One pass over a text for all words and all patterns of all rules.

Words go into Aho-Corasick automata, patterns into an RE2 set; both take time linear in the text, whatever the
number of rules. Each word and pattern has a slot; a scan says which slots fired, so that only the rules behind
them need a closer look.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import ahocorasick_rs
import re2

from policies.matching.disguise import is_disguised, press, press_word
from policies.matching.fold import Folded, fold_word
from policies.matching.masks import SHORTEST, Masks
from policies.matching.regex import Regex, options
from policies.matching.words import forms, is_whole

#: Largest program of one RE2 set, in instructions of its patterns taken alone.
SET_PROGRAM = 200_000
_NEAR = 4  #: stretches found before that another reading of the same word can overlap
Stretch = tuple[int, int]  #: start and end in the folded text


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """What one scan found."""

    words: dict[int, list[Stretch]]  #: slot of a word -> where it stands in the folded text
    patterns: frozenset[int]  #: slots of patterns that match somewhere


NO_HITS = Hits(words={}, patterns=frozenset())


@dataclass(slots=True)
class IndexBuilder:
    """Collects the words and patterns of all rules."""

    _slots: dict[tuple[object, ...], int] = field(default_factory=dict)
    _plain: dict[str, list[tuple[int, bool]]] = field(default_factory=lambda: defaultdict(list))
    _pressed: dict[str, list[tuple[int, bool]]] = field(default_factory=lambda: defaultdict(list))
    _masks: Masks = field(default_factory=Masks)
    _patterns: dict[int, Regex] = field(default_factory=dict)

    def word(self, phrase: str, *, inflect: bool = True, disguised: bool = False) -> int:
        """The slot of a word or phrase. A trailing ``*`` lets the last word go on."""
        folded = fold_word(phrase)
        key = ("word", folded, inflect, disguised)
        if key not in self._slots:
            slot = self._slots[key] = len(self._slots)
            open_end = folded.endswith("*")
            stem = folded.removesuffix("*").strip()
            for form in forms(stem) if inflect and not open_end else {stem}:
                self._plain[form].append((slot, open_end))
                if disguised:
                    self._pressed[press_word(form)].append((slot, open_end))
                    if len(stem) >= SHORTEST:
                        self._masks.add(form, open_end=open_end)
        return self._slots[key]

    def pattern(self, regex: Regex) -> int:
        """The slot of a pattern."""
        key = ("pattern", regex.source, regex.exact, regex.edge_start, regex.edge_end)
        slot = self._slots.setdefault(key, len(self._slots))
        self._patterns[slot] = regex
        return slot

    def build(self) -> Index:
        """The finished index."""
        return Index(
            plain=_WordScan.of(self._plain),
            pressed=_WordScan.of(self._pressed),
            masks=self._masks,
            folded_set=_PatternScan.of(self._patterns, exact=False),
            exact_set=_PatternScan.of(self._patterns, exact=True),
            patterns=dict(self._patterns),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """All words and patterns of a rule book."""

    plain: _WordScan
    pressed: _WordScan
    masks: Masks
    folded_set: _PatternScan
    exact_set: _PatternScan
    patterns: dict[int, Regex]

    def scan(self, folded: Folded) -> Hits:
        """Every slot that fires in a text."""
        words: dict[int, list[Stretch]] = {}
        text = folded.text.replace("\n", " ")
        for slot, start, end in self.plain.find(text):
            words.setdefault(slot, []).append((start, end))
        if self.pressed.owners:
            self._find_disguised(text, words)
            self._find_masked(folded, words)
        fired = self.folded_set.find(folded.text)
        if self.exact_set.sets:
            fired = fired | self.exact_set.find(readable(folded.original))
        return Hits(words=words, patterns=fired) if words or fired else NO_HITS

    def _find_disguised(self, text: str, words: dict[int, list[Stretch]]) -> None:
        pressed = press(text)
        for slot, start, end in self.pressed.find(pressed.text):
            stretch = pressed.span(start, end)
            if is_disguised(text[stretch[0] : stretch[1]]) and stretch not in words.get(slot, ()):
                words.setdefault(slot, []).append(stretch)

    def _find_masked(self, folded: Folded, words: dict[int, list[Stretch]]) -> None:
        for unmasked in self.masks.unmasked(folded.with_dashes()):
            pressed = press(unmasked.text.replace("\n", " "))
            for slot, start, end in self.pressed.find(pressed.text):
                behind = unmasked.stretch(*pressed.span(start, end))
                if behind and not any(_overlap(behind, known) for known in words.get(slot, ())[-_NEAR:]):
                    words.setdefault(slot, []).append(behind)


def _overlap(one: Stretch, other: Stretch) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def readable(text: str) -> str:
    """The text with replacement characters for lone surrogates, which UTF-8 cannot carry."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@dataclass(frozen=True, slots=True)
class _WordScan:
    automaton: Any
    owners: Sequence[
        Sequence[tuple[int, bool]]
    ]  # by number in the automaton: slots, and whether the end is open

    @classmethod
    def of(cls, entries: dict[str, list[tuple[int, bool]]]) -> _WordScan:
        automaton = ahocorasick_rs.AhoCorasick(list(entries)) if entries else None
        return cls(automaton, tuple(tuple(owners) for owners in entries.values()))

    def find(self, text: str) -> list[tuple[int, int, int]]:
        """Slot, start and end of each whole word."""
        if not self.owners:
            return []
        found = []
        for number, start, end in self.automaton.find_matches_as_indexes(text, overlapping=True):
            for slot, open_end in self.owners[number]:
                if is_whole(text, start, end, open_end=open_end):
                    found.append((slot, start, end))
        return found


@dataclass(frozen=True, slots=True)
class _PatternScan:
    sets: Sequence[tuple[Any, Sequence[int]]]  # RE2 sets with the slots of their patterns

    @classmethod
    def of(cls, patterns: dict[int, Regex], *, exact: bool) -> _PatternScan:
        chosen = {slot: regex for slot, regex in patterns.items() if regex.exact is exact}
        return cls([(_pattern_set([chosen[s] for s in slots], exact), slots) for slots in _portions(chosen)])

    def find(self, text: str) -> frozenset[int]:
        """Slots of the patterns that match somewhere."""
        fired = (slots[number] for scan, slots in self.sets for number in scan.Match(text) or ())
        return frozenset(fired)


def _portions(patterns: dict[int, Regex]) -> list[list[int]]:
    """Slots in portions that are not too large for one set: one that outgrows its memory would find nothing."""
    portions: list[list[int]] = []
    size = SET_PROGRAM
    for slot, regex in patterns.items():
        size += regex.compiled.programsize
        if size > SET_PROGRAM:
            portions.append([])
            size = regex.compiled.programsize
        portions[-1].append(slot)
    return portions


def _pattern_set(patterns: Sequence[Regex], exact: bool) -> Any:
    scan = re2.Set.SearchSet(options(exact=exact))
    for regex in patterns:
        scan.Add(regex.source)
    scan.Compile()
    return scan
