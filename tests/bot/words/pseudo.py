"""A language that nobody speaks: the English catalogue with every letter accented, and at least 40% longer."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po

import bot.words

PSEUDO = "en-XA"  #: the tag that CLDR keeps for it
_LETTERS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "åƀçđéƒǵĥîĵķļɱñöþɋŕšţûṽŵẋýžÅƁÇĐÉƑǴĤÎĴĶĻṀÑÖÞɊŔŠŢÛṼŴẊÝŽ",
)
_KEPT = re.compile(r"(\{[^}]*\})")
_PADDING = "šéñ"


def speak_pseudo(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Make the language known for one test."""
    shutil.copy(bot.words.FOLDER / "en.po", folder)
    with (folder / "en.po").open("rb") as english:
        catalogue = read_po(english)
    for message in catalogue:
        if message.id:
            plural = isinstance(message.string, tuple)
            message.string = tuple(map(changed, message.string)) if plural else changed(message.string)
    with (folder / f"{PSEUDO}.po").open("wb") as written:
        write_po(written, catalogue)
    monkeypatch.setattr(bot.words, "FOLDER", folder)
    bot.words.catalogue.cache_clear()
    bot.words.codes.cache_clear()


def changed(text: str) -> str:
    """``Send it`` becomes ``Šéñđ îţ šéñ``: what the program fills in stays; a list of words keeps its number."""
    parts = _KEPT.split(text)
    accented = "".join(part if part.startswith("{") else part.translate(_LETTERS) for part in parts)
    letters = sum(len(part) for part in parts if not part.startswith("{"))
    if not re.search("[A-Za-z]{2}", _KEPT.sub("", text)):
        return accented
    if len(text.split()) in {7, 12} and not re.search("[.,:;?]", text):  # the weekdays and the months
        return " ".join(f"{word}š" for word in accented.split())
    wanted = max(letters * 2 // 5, 1)
    end = accented[-1] if accented[-1] in ".:,;?" else ""
    body = accented.removesuffix(end) if end else accented
    padding = (" " + (_PADDING + " ") * wanted)[: max(wanted, 4)].rstrip()
    return f"{body}{padding}{end}"


def untranslated(shown: str, data: frozenset[str]) -> set[str]:
    """The words in plain Latin letters that are neither translated nor among the data of the test."""
    return set(re.findall(r"(?<![^\W_])[A-Za-z]{2,}(?![^\W_])", shown)) - data
