"""Links in a text, taken apart."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import re2

from policies.matching.index import readable
from policies.matching.regex import options
from policies.model.finding import Span

_LINK = re2.compile(
    r"(?:https?://|www\.)[^\s<>\"'“”‘’]+"
    r"|(?:[\pL\pN][\pL\pN-]*\.)+\pL\pL+(?:/[^\s<>\"'“”‘’]*)?",
    options(exact=False),
)
_TRAILING = ".,;:!?)]}…*"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebLink:
    """One link."""

    span: Span
    written: str  #: as it stands in the text
    scheme: str  #: ``http``, ``https``, or empty where the text has none
    host: str  #: lower case, Unicode form; empty where the address makes no sense
    domain: str  #: the part of the host that somebody registered, or the host itself
    has_user: bool  #: something stands before an @ that hides the real host
    is_address: bool  #: the host is an IP address
    attached: bool = False  #: it stands beside the text, so its span points nowhere


@lru_cache(maxsize=1)
def _suffixes() -> Any:
    import tldextract  # slow to import, and most texts hold no link

    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def links(text: str) -> list[WebLink]:
    """Every link of a text, also bare domains with a known ending. E-mail addresses are none."""
    text = readable(text)
    if "." not in text and "://" not in text:
        return []
    return [link for match in _LINK.finditer(text) if (link := _link(text, *match.span()))]


def _link(text: str, start: int, end: int) -> WebLink | None:
    written = text[start:end].rstrip(_TRAILING)
    bare = "://" not in written
    end = start + len(written)
    if (bare and start and text[start - 1] in "@.-_/\\") or text[end : end + 1] == "@":
        return None
    try:
        parts = urlsplit(f"//{written}" if bare else written)
        host, has_user = _unicode(parts.hostname or ""), parts.username is not None
    except ValueError:
        return WebLink(
            span=Span(start=start, end=end),
            written=written, scheme="", host="", domain="", has_user="@" in written, is_address=False,
        )  # fmt: skip
    found = _suffixes()(host)
    if bare and (not found.suffix or not found.domain):
        return None
    return WebLink(
        span=Span(start=start, end=end),
        written=written,
        scheme=parts.scheme.lower(),
        host=host,
        domain=found.top_domain_under_public_suffix or host,
        has_user=has_user,
        is_address=_is_address(host),
    )


def _unicode(host: str) -> str:
    labels = host.lower().rstrip(".").split(".")
    return ".".join(_label(label) for label in labels)


def _label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.isdigit() or host.startswith("0x")
    return True
