"""Keys and passwords: found by the marks that their makers give them, or because they are named as such."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import re2

from policies.matching.regex import options
from policies.model.finding import Span

#: What opens the door is the group `key` where there is one, and all of it where there is none.
_PATTERNS = {
    "an access key": (
        r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[0-9A-Za-z]{36,}|\bgithub_pat_\w{22,}|\bglpat-[\w-]{20,}"
        r"|\bxox[abprs]-[0-9A-Za-z-]{10,}|\b[sr]k_(?:live|test)_[0-9A-Za-z]{16,}|\bAIza[\w-]{35}|\bSK[0-9a-f]{32}\b"
        r"|\bSG\.[\w-]{16,}\.[\w-]{16,}|\bsk-(?:proj-)?[\w-]{20,}|\bnpm_[0-9A-Za-z]{36}|\bpypi-[\w-]{50,}"
    ),
    "a token": r"\beyJ[\w-]{8,}\.eyJ[\w-]*(?:\.[\w-]*)?|(?i:\bbearer) [A-Za-z0-9._-]{24,}",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?P<key>[\sA-Za-z0-9+/=:,-]*)",
    "an address with a password": r"\b[a-z][a-z0-9+.-]*://[^\s/:@]+:(?P<key>[^\s/:@]+)@",
    "a password": (
        r"(?i)\b(?:password|passwort|passcode|pwd|pass|login)(?: is|:|=) ?[\"'“]?"
        r"(?P<key>[A-Za-z!-/:-@]*(?:[0-9][^\s\"'”]{3,}|[^\s\"'”]{3,}[0-9][^\s\"'”]*))"
    ),
}
_COMPILED = {name: re2.compile(pattern, options(exact=True)) for name, pattern in _PATTERNS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSecret:
    """One key or password in a text."""

    name: str  #: what it is, in words
    span: Span  #: where it stands, with the words that name it
    key: Span  #: what of that opens the door


def secrets(text: str) -> Iterator[NamedSecret]:
    """All keys, tokens and passwords of a text."""
    for name, pattern in _COMPILED.items():
        group = pattern.groupindex.get("key", 0)
        for match in pattern.finditer(text):
            yield NamedSecret(
                name=name,
                span=Span(start=match.start(), end=match.end()),
                key=Span(start=match.start(group), end=match.end(group)),
            )
