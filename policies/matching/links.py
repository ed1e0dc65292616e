"""Links in a text, taken apart."""

from __future__ import annotations

import ipaddress
import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import re2

from policies.matching.index import readable
from policies.matching.regex import options
from policies.model.finding import Span

#: What may follow in an address: no white space, quotation mark, bar, bracket or punctuation of Chinese and Japanese.
_EASTERN_MARKS = r"\x{3000}-\x{303F}\x{FF01}-\x{FF0F}\x{FF1A}-\x{FF20}\x{FF3B}-\x{FF40}\x{FF5B}-\x{FF65}"
_END = rf"\s\pZ<>\"'“”‘’|()\[\]\x{{200B}}\x{{FEFF}}{_EASTERN_MARKS}"
_ROUND = rf"\((?:[^{_END}]|\([^{_END}]*\))*\)"
#: The rest of an address: brackets belong to it where each is closed again, as in Sourdough_(bread).
_REST = rf"(?:[^{_END}]|{_ROUND}|\[[^{_END}]*\])*"
_LETTERS = r"\p{Latin}\p{Cyrillic}\p{Greek}\pN"
_EASTERN = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}"
#: Links as they are written with their scheme. RE2 source.
ADDRESS = rf"(?i:https?://|www\.)(?:\[[0-9a-fA-F:.]+\])?{_REST}"
#: E-mail addresses, also in other scripts. RE2 source.
EMAIL = r"[\pL\pN_.!#$%&'*+=?^`{}~-]+@[\pL\pN_-]+(?:\.[\pL\pN_-]+)+"
_LINK = re2.compile(
    rf"{ADDRESS}"
    rf"|(?:(?:[{_LETTERS}][{_LETTERS}-]*|[{_EASTERN}]+)\.)+(?:[{_LETTERS}]{{2,}}|[{_EASTERN}]{{2,}})(?:[/?#]{_REST})?",
    options(exact=False),
)
_EMAIL = re2.compile(EMAIL, options(exact=False))
_GLUED = re.compile(r"(?<=[A-Za-z])[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af].*", re.DOTALL)
_ESCAPE = re.compile(r"\\(?=[!-/:-@\[-`{-~])|\u2060")
_TRAILING = ".,;:!?…*"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebLink:
    """One link."""

    span: Span
    written: str  #: the address, without the escapes of Markdown
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
    mail = [match.span() for match in _EMAIL.finditer(text)] if "@" in text else []
    return [link for match in _LINK.finditer(text) if (link := _link(text, match.start(), match.end(), mail))]


def _link(text: str, start: int, end: int, mail: list[tuple[int, int]]) -> WebLink | None:
    served = _without_neighbours(text[start:end]).rstrip(_TRAILING)
    written = _ESCAPE.sub("", served)
    bare = "://" not in written
    end = start + len(served)
    if (bare and start and text[start - 1] in "@.-_/\\") or text[end : end + 1] == "@":
        return None
    if bare and _touches(mail, start, end):
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


def _without_neighbours(written: str) -> str:
    """An address without the words of a script without spaces that stand right behind its host."""
    scheme, marks, rest = written.rpartition("://")
    host = re.split(r"[/?#]", rest, maxsplit=1)[0]
    last = host.rpartition(".")[2]
    glued = _GLUED.search(last)
    return scheme + marks + host[: len(host) - len(glued[0])] if glued else written


def _touches(spans: list[tuple[int, int]], start: int, end: int) -> bool:
    at = bisect_right(spans, (start, len(spans) and spans[-1][1] + 1)) - 1
    return (at >= 0 and spans[at][1] > start) or (at + 1 < len(spans) and spans[at + 1][0] < end)


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
