"""How pages say things: words from the catalogue as safe HTML, and the steps that a form offers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from bot.web import text
from bot.words import language, pattern
from policies.model.people import Role

#: role -> whom the cases of each filter wait for, the reader first
FILTERS: dict[Role, tuple[str, ...]] = {
    Role.AGENCY: ("agency", "owner", "platform", "nobody"),
    Role.OWNER: ("owner", "agency", "platform", "nobody"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One step that a person may take, as the form offers it."""

    action: StrEnum
    needs_words: bool = False  #: whether a note must go with it


def said(code: str, n: int | None = None, /, **parts: object) -> Markup:
    """`bot.words.say` for a page: escaped, save for parts that are markup already."""
    if n is None and not parts:
        return _phrase(language(), code)
    return escape(pattern(code, n)).format(n=n, **parts)


@cache
def _phrase(_language: str, code: str) -> Markup:
    """What is said the same each time; a page says some eighty of these."""
    return escape(pattern(code)).format()


def named(name: str) -> Markup:
    """Somebody's name within a sentence of ours, unable to turn the direction of what is around it."""
    return Markup("<bdi>{}</bdi>").format(text.inert_line(name))


def https_only(address: str | None) -> str | None:
    """The address where it is safe to link to, None for every other scheme."""
    if not address:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme == "https" and parts.hostname else None
