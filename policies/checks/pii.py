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
check digits (ISO 13616), United States social security numbers by the ranges that are issued. `order` finds order,
ticket and account numbers that are named as such, `street` a house number with a street.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Literal

import phonenumbers
import re2
from pydantic import Field
from stdnum import iban, luhn
from stdnum.us import ssn

from policies.checks.base import Outcome, PostCheck, found, missed
from policies.matching.index import readable
from policies.matching.links import links
from policies.matching.regex import options
from policies.model.finding import Span
from policies.view import View

PiiKind = Literal["phone", "email", "card", "iban", "ssn", "order", "street"]


def _compiled(pattern: str) -> Any:
    return re2.compile(pattern, options(exact=False))


_EMAIL = _compiled(r"[\w.+-]+@[\pL\pN-]+(?:\.[\pL\pN-]+)*\.\pL\pL+")
_DIGITS = _compiled(r"\d(?:[ -]?\d){12,18}")
_IBAN = _compiled(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{1,4}){3,8}\b")
_SSN = _compiled(r"\b\d{3}[- ]\d{2}[- ]\d{4}\b")
_ORDER = _compiled(
    r"\b(?:order|ticket|booking|reservation|account|customer|invoice|tracking|policy|member(?:ship)?|case)"
    r"(?: (?:number|no\.?|id|ref(?:erence)?))*(?: is|:)? ?#? ?[A-Z]{0,4}-?\d[\dA-Z-]{4,}"
)
_STREET = _compiled(
    r"\b\d{1,5}[a-z]? (?:[\pL.']+ ){1,3}(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court"
    r"|ct|close|crescent|terrace|way|place|pl|square)\b"
)
_CARD_LENGTHS = range(13, 20)
_ISSUERS = re.compile(r"4|5[1-5]|2[2-7]|3[47]|3[0689]|6")


class Pii(PostCheck):
    """Personal data, found by the rules of each kind of number."""

    kinds: tuple[PiiKind, ...] = Field(min_length=1)
    """Which kinds of data."""
    region: str = Field("US", pattern="^[A-Z]{2}$")
    """Country whose telephone numbers may be written without +, ISO 3166."""
    allow: tuple[str, ...] = ()
    """The brand's own numbers and addresses; a part such as @brand.com is enough."""

    def look(self, view: View) -> Outcome:
        text = readable(view.text)
        if not any(c.isdigit() or c == "@" for c in text):
            return missed("there are no numbers and no addresses")
        hidden = [link.span for link in links(text)]
        spans = {
            kind: [s for s in self._spans(kind, text) if not self._fine(text, s, hidden)]
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

    def _fine(self, text: str, span: Span, links_in_text: list[Span]) -> bool:
        if any(link.start <= span.start < link.end for link in links_in_text):
            return True
        piece = _squeeze(text[span.start : span.end])
        return any(_squeeze(own) in piece for own in self.allow)


def _squeeze(text: str) -> str:
    return re.sub(r"[\s()./-]", "", text).casefold()


def _phones(text: str, region: str) -> Iterator[Span]:
    for match in phonenumbers.PhoneNumberMatcher(text, region, leniency=phonenumbers.Leniency.VALID):
        yield Span(start=match.start, end=match.end)


def _matches(
    pattern: Any, is_real: Callable[[str], bool] = lambda _: True
) -> Callable[[str], Iterator[Span]]:
    def find(text: str) -> Iterator[Span]:
        for match in pattern.finditer(text):
            if is_real(match.group()):
                yield Span(start=match.start(), end=match.end())

    return find


def _is_card(written: str) -> bool:
    digits = re.sub(r"[ -]", "", written)
    return len(digits) in _CARD_LENGTHS and bool(_ISSUERS.match(digits)) and bool(luhn.is_valid(digits))


_FINDERS: dict[str, Callable[[str], Iterator[Span]]] = {
    "email": _matches(_EMAIL),
    "card": _matches(_DIGITS, _is_card),
    "iban": _matches(_IBAN, lambda written: bool(iban.is_valid(written))),
    "ssn": _matches(_SSN, lambda written: bool(ssn.is_valid(written.replace(" ", "-")))),
    "order": _matches(_ORDER),
    "street": _matches(_STREET),
}
