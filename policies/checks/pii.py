"""Personal data that must not stand in public.

```yaml
check:
  pii:
    kinds: [phone, email, card, iban]
    region: US                       # how numbers without +country are read
    allow: ["+1 207 555 0100", hello@harbourbakery.com]   # the brand's own
```

Numbers are checked by their rules, not only by their looks: telephone numbers by the numbering plan of the country
(Google's libphonenumber), payment cards by length, issuer and the Luhn digit (ISO/IEC 7812-1), accounts by the IBAN
check digits (ISO 13616), United States social security numbers by the ranges that are issued. How they are grouped,
and what stands beside them, does not matter; a number that is named as a parcel's is no card, and one that is named as
an order's is no telephone. `order` finds order, ticket and account numbers that are named as such, `street` a house
number with a street. What is under `allow` is compared as a number, whatever its form.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Literal

import phonenumbers
import re2
from pydantic import Field

from policies.checks.base import Outcome, PostCheck, found, missed
from policies.matching.index import readable
from policies.matching.links import links
from policies.matching.numbers import cards, ibans, social_security
from policies.matching.regex import options
from policies.model.finding import Span
from policies.view import View

PiiKind = Literal["phone", "email", "card", "iban", "ssn", "order", "street"]


def _compiled(pattern: str) -> Any:
    return re2.compile(pattern, options(exact=False))


_EMAIL = _compiled(r"[\w.+-]+@[\pL\pN-]+(?:\.[\pL\pN-]+)*\.\pL\pL+")
_ORDER = _compiled(
    r"\b(?:order|ticket|booking|reservation|account|customer|invoice|tracking|policy|member(?:ship)?|case)"
    r"(?: (?:number|no\.?|id|ref(?:erence)?))*(?: is|:)? ?#? ?[A-Z]{0,4}-?\d[\dA-Z-]{4,}"
)
_STREET = _compiled(
    r"\b\d{1,5}[a-z]? (?:[\pL.']+ ){1,3}(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court"
    r"|ct|close|crescent|terrace|way|place|pl|square)\b"
)
_OPENING = frozenset({"card", "iban", "ssn"})  #: whoever reads such a number can use it
_NAMED_KINDS = frozenset({"order", "street"})  #: their words stand before what may be under `allow`
#: What stands right before a number that is no telephone, unless it is written as one.
_NAMED = re.compile(
    r"(?:#|№|\b(?:order|ticket|booking|reservation|account|customer|invoice|tracking|parcel|shipment|policy|case|serial"
    r"|member(?:ship)?|confirmation|reference|ref|claim|receipt|transaction|id|po|rma)s?"
    r"(?:\.| (?:number|num|no\.?|nr\.?|id|code|ref(?:erence)?))*(?: is| was)?[:\s]{0,2})\W{0,2}$",
    re.IGNORECASE,
)


class Pii(PostCheck):
    """Personal data, found by the rules of each kind of number."""

    kinds: tuple[PiiKind, ...] = Field(min_length=1)
    """Which kinds of data."""
    region: str = Field("US", pattern="^[A-Z]{2}$")
    """Country whose telephone numbers may be written without +, ISO 3166."""
    allow: tuple[str, ...] = ()
    """The brand's own numbers and addresses; a part such as @brand.com is enough."""

    @property
    def whoever(self) -> bool:
        """A number that opens an account or names a person is no less public for who wrote it."""
        return not _OPENING.isdisjoint(self.kinds)

    def look(self, view: View) -> Outcome:
        text = readable(view.text)
        if not any(c.isdigit() or c == "@" for c in text):
            return missed("there are no numbers and no addresses")
        hidden = [link.span for link in links(text)]
        spans = {
            kind: [s for s in self._spans(kind, text) if not self._fine(kind, text, s, hidden)]
            for kind in self.kinds
        }
        kinds = [kind for kind, places in spans.items() if places]
        if not kinds:
            return missed("no personal data")
        return found(f"personal data: {', '.join(kinds)}", [s for places in spans.values() for s in places])

    def _spans(self, kind: PiiKind, text: str) -> list[Span]:
        if kind == "phone":
            return list(_phones(text, self.region))
        return list(_FINDERS[kind](text))

    def _fine(self, kind: PiiKind, text: str, span: Span, links_in_text: list[Span]) -> bool:
        if any(link.start <= span.start < link.end for link in links_in_text):
            return True
        written = text[span.start : span.end]
        if kind == "email":
            return any(_is_own_address(own.casefold(), written.casefold()) for own in self.allow)
        if kind == "phone":
            return _forms(written, self.region) & _all_forms(self.allow, self.region) != frozenset()
        piece = _squeeze(written)
        return any(
            piece == own or (kind in _NAMED_KINDS and piece.endswith(own))
            for own in map(_squeeze, self.allow)
            if own
        )


def _is_own_address(own: str, written: str) -> bool:
    """Whether it is the address allowed, or one of the domain allowed, such as ``@brand.com``."""
    return written == own if "@" in own[1:] else written.endswith((f"@{own.removeprefix('@')}", f".{own}"))


def _squeeze(text: str) -> str:
    """Letters and digits, the same for every way to group them."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text) if sign.isalnum()).casefold()


def _phones(text: str, region: str) -> Iterator[Span]:
    for match in phonenumbers.PhoneNumberMatcher(text, region, leniency=phonenumbers.Leniency.VALID):
        plain = match.raw_string.isdecimal()
        if not (plain and _NAMED.search(text[max(0, match.start - 40) : match.start])):
            yield Span(start=match.start, end=match.end)


@cache
def _all_forms(allowed: tuple[str, ...], region: str) -> frozenset[str]:
    return frozenset().union(*(_forms(own, region) for own in allowed))


def _forms(written: str, region: str) -> frozenset[str]:
    """The number with its country (ITU-T E.164), or its digits alone where it is none."""
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return frozenset()
    return frozenset([phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)])


def _matches(pattern: Any) -> Callable[[str], Iterator[Span]]:
    def find(text: str) -> Iterator[Span]:
        for match in pattern.finditer(text):
            yield Span(start=match.start(), end=match.end())

    return find


_FINDERS: dict[str, Callable[[str], Iterator[Span]]] = {
    "email": _matches(_EMAIL),
    "card": cards,
    "iban": ibans,
    "ssn": social_security,
    "order": _matches(_ORDER),
    "street": _matches(_STREET),
}
