"""Who signed a text: the mark at its end, such as ^TK, and whose it is on the roster."""

from __future__ import annotations

import re
from collections.abc import Sequence

from policies.model.finding import Span
from policies.model.people import Person, Role

_INITIALS = re.compile(r"[A-Z][A-Za-z]{0,3}")
_MARK = re.compile(r"(?:[\^*~]|(?<=\s)[-–—/])\s?[A-Z][A-Za-z]{0,14}$")


#: What X puts behind a text by itself: the addresses of its own pictures; and characters that nobody sees.
_BEHIND = re.compile(r"(?:\s+(?:https?://t\.co/\w+|pic\.(?:twitter|x)\.com/\w+)|[\s\u200b\u2060\ufeff])+$")


def _signed(text: str) -> str:
    """A text up to where a signature ends."""
    return _BEHIND.sub("", text)


def mark_of(text: str) -> Span | None:
    """Where the mark stands that ends a text, whoever's it is; None where nobody signed."""
    found = _MARK.search(_signed(text))
    return Span(start=found.start(), end=found.end()) if found else None


def stranger_of(text: str, people: Sequence[Person]) -> str | None:
    """A mark that ends a text, looks like those of the roster, such as ^TK, and is nobody's; None otherwise.

    Only initials count behind a sign that somebody on the roster uses: what merely ends a sentence is no mark.
    """
    signs = {mark[0] for person in people for mark in person.marks if _INITIALS.fullmatch(mark[1:])}
    last = next(reversed(_signed(text).split()), "")
    known = last[:1] not in signs or not _INITIALS.fullmatch(last[1:]) or signer_of(text, people) is not None
    return None if known else last


def signer_of(text: str, people: Sequence[Person]) -> Person | None:
    """The person on the roster whose mark ends a text."""
    text = _signed(text)
    return next((p for p in people if any(mark and text.endswith(mark) for mark in p.marks)), None)


def role_of(text: str, people: Sequence[Person]) -> Role:
    """The role of whoever signed a text, by the marks on the roster; the agency where nobody did."""
    signer = signer_of(text, people)
    return signer.role if signer else Role.AGENCY
