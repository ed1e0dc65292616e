"""Who signed a text: the mark at its end, such as ^TK, and whose it is on the roster."""

from __future__ import annotations

import re
from collections.abc import Sequence

from policies.model.finding import Span
from policies.model.people import Person, Role

_MARK = re.compile(r"(?:[\^*~]|(?<=\s)[-–—/])\s?[A-Z][A-Za-z]{0,14}$")


def mark_of(text: str) -> Span | None:
    """Where the mark stands that ends a text, whoever's it is; None where nobody signed."""
    found = _MARK.search(text.rstrip())
    return Span(start=found.start(), end=found.end()) if found else None


def signer_of(text: str, people: Sequence[Person]) -> Person | None:
    """The person on the roster whose mark ends a text."""
    text = text.rstrip()
    return next((p for p in people if any(mark and text.endswith(mark) for mark in p.marks)), None)


def role_of(text: str, people: Sequence[Person]) -> Role:
    """The role of whoever signed a text, by the marks on the roster; the agency where nobody did."""
    signer = signer_of(text, people)
    return signer.role if signer else Role.AGENCY
