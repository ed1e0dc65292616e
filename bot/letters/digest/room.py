"""How much of a letter fits the screens of a phone: what does not is left out, and counted.

Heights are estimated from lengths, in CSS pixels at 390 pixels of width, a little too high rather than too low; a test
compares them with what a browser lays out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

from bot.letters.model import Entry, Letter, Section

SCREEN = 844  #: height of a phone's screen
_AROUND = 14 + 36 + 2  #: the gap above a card, its padding and its border
_HEADING, _WAY, _BUTTON = 24, 48, 66


def fitted(letter: Letter, screens: int) -> Letter:
    """The letter with as many entries as fit, those of the first sections first; the very first always stays."""
    room = screens * SCREEN - bare(letter)
    sections = []
    for place, section in enumerate(letter.sections):
        kept, room = _kept(section.entries, room, at_least=0 if place else 1)
        left_out = len(section.entries) - kept
        if (
            not kept and left_out and not section.more_where
        ):  # nothing to count and no way to it: it goes as a whole
            continue
        sections.append(replace(section, entries=section.entries[:kept], more=section.more + left_out))
    return replace(letter, sections=tuple(sections))


def _kept(entries: Sequence[Entry], room: int, *, at_least: int) -> tuple[int, int]:
    """How many of the entries fit, and the room that is left."""
    for place, entry in enumerate(entries):
        needed = entry_height(entry)
        if place >= at_least and needed > room:
            return place, room
        room -= needed
    return len(entries), room


def bare(letter: Letter) -> int:
    """Height of the letter without its entries."""
    top = 74 + 40 + _lines(letter.summary, 29) * 29
    top += (72 if letter.headlines else 0) + (_BUTTON if letter.button else 0)
    chart = _AROUND + _HEADING + 176 if letter.chart else 0
    foot = 42 + sum(_lines(line, 50) * 19 for line in letter.footer)
    return top + chart + foot + sum(_bare_section(section) for section in letter.sections)


def _bare_section(section: Section) -> int:
    height = _AROUND + _HEADING + (6 + _lines(section.intro, 40) * 24 if section.intro else 0)
    height += sum(8 + _lines(note, 43) * 22 for note in section.notes)
    height += (
        54 + sum(max(1, _lines(row[0], 20)) * 20 + 15 for row in section.table.rows) if section.table else 0
    )
    can_be_cut = section.more or (section.entries and section.more_where)
    return height + (38 if can_be_cut else 0) + (_WAY if can_be_cut and section.more_link else 0)


def entry_height(entry: Entry) -> int:
    """Height of one entry."""
    height = 18 + (18 if entry.tag else 0) + _lines(entry.title, 34) * 23
    height += _lines(entry.meta, 40) * 20
    if entry.quote:
        height += 32 + _lines("".join(part.text for part in entry.quote.parts), 32) * 24
    height += sum(8 + _lines(line, 40) * 22 for line in entry.lines)
    height += sum(_BUTTON for button in entry.buttons if button.main)
    return height + (_WAY if any(not button.main for button in entry.buttons) else 0)


def _lines(text: str, characters: int) -> int:
    """Lines that a text takes where so many characters fit on one."""
    return sum(max(ceil(len(part) / characters), 1) for part in text.split("\n")) if text else 0
