"""Makes other people's text safe to show in a mail: in its headers, its plain text and its HTML.

HTML is escaped by the templates; here goes what escaping leaves alone: line breaks that would start a new
header, terminal escapes, and direction controls that make text read differently from what it says
(https://www.unicode.org/reports/tr9/#Explicit_Directional_Embeddings).
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from policies.masking import masked

FSI, PDI = "\u2068", "\u2069"  #: first strong isolate, pop directional isolate
_SURROGATES = re.compile("[\ud800-\udfff]")
#: C0 and C1 controls that are no white space, direction overrides and isolates, annotation characters
_REMOVED = re.compile("(?!\\s)[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]")
_MARKS = re.compile("[\u061c\u200e\u200f]")
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]"
)


def visible(text: str) -> str:
    """The text in one line, without control characters. Spaces at its ends are kept as one."""
    replaced = _SURROGATES.sub("\ufffd", text)
    return re.sub(r"\s+", " ", _REMOVED.sub("", replaced))


def clip(text: str, limit: int) -> str:
    """At most ``limit`` code points, with an ellipsis where something was cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def name(text: str, limit: int = 60) -> str:
    """A name or phrase to stand inside our own sentence, unable to turn the direction of what is around it."""
    return isolate(clip(visible(masked(text)).strip(), limit))


def isolate(shown: str) -> str:
    """Visible text between isolates where it has right-to-left characters, else as it is."""
    return f"{FSI}{shown}{PDI}" if _RIGHT_TO_LEFT.search(shown) else shown


def header(text: str, limit: int = 160) -> str:
    """Text for a mail header: one line without any direction character."""
    return clip(_MARKS.sub("", visible(masked(text))).strip(), limit)


def web_address(address: str | None) -> str | None:
    """The address where it is plain http(s) and safe in an attribute, else None."""
    if not address or len(address) > 2_000 or re.search(r"[^\x21-\x7e]|[<>\"'`\\]", address):
        return None
    try:
        parts = urlsplit(address)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return None
    return address if usable else None
