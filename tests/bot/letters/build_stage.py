"""What the tests of building a digest share."""

from __future__ import annotations

from bot.letters.model import Letter, Section


def section(letter: Letter, title: str) -> Section:
    return next(one for one in letter.sections if one.title == title)
