"""Numbers of cards, accounts and people: found by the lengths and check digits of their schemes.

Each scheme is tried on every window of the text that begins and ends with a group of digits, so that neither a date,
a security code nor another number beside it hides one. Part of an unbroken longer number is never a window.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import re2
from stdnum import ean, iban, luhn, numdb
from stdnum.us import ssn

from policies.matching.regex import options
from policies.model.finding import Span

#: What people write between the groups of a number: blanks of any width, dashes, dots, brackets, signs without a width.
GAP = r"[\s\p{Z}\p{Pd}\p{Cf}\p{Mn}\x{20E3}\x{2212}._·•/()]{0,4}"

#: First digits of the cards of each network, with the lengths that it issues (ISO/IEC 7812; the networks' own lists).
_NETWORKS: Sequence[tuple[str, Sequence[int]]] = (
    (r"4", (13, 16, 19)),  # Visa
    (r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720", (16,)),  # Mastercard
    (r"3[47]", (15,)),  # American Express
    (r"30[0-5]|3095|3[689]", (14, 16)),  # Diners Club
    (r"6011|64[4-9]|65|62|81", (16, 17, 18, 19)),  # Discover, UnionPay
    (r"35(?:2[89]|[3-8])|220[0-4]|636", (16, 17, 18, 19)),  # JCB, Mir, InterPayment
    (r"60|508|82|9792|5019|606282", (16,)),  # RuPay, Troy, Dankort, Hipercard
    (r"50(?:18|20|38)|5[68]|6304|67", (16, 18, 19)),  # Maestro
)
_LONGEST_CARD = 19  #: digits
_MOST_GROUPS = 5  #: in which a card is written, unless each digit stands alone

_GROUPS = re2.compile(r"\p{Nd}+", options(exact=True))
_ONLY_GAP = re2.compile(GAP, options(exact=True))
_WORD_BEFORE, _WORD_BEHIND = re.compile(r"[^\W\d_]+$"), re.compile(r"[^\W\d_]+(?!\d)")
_OF_A_THING = re.compile(
    r"\b(?:sku|upc|dpci|item|part|model|parcel|package|tracking|track(?: it)?"
    r"|shipment|consignment|waybill|awb|imei|isbn|ean|gtin|serial)s?"
    r"(?: (?:number|no\.?|id|code|ref(?:erence)?))?(?: is| was)?[:#\s]{0,3}$",
    re.IGNORECASE,
)
_IBAN_START = re2.compile(r"(?i)(?:\b|\biban)([A-Z]{2}\d{2})", options(exact=True))
_IBAN_REST = re2.compile(rf"(?i)^(?:{GAP}[A-Z0-9]){{11,30}}", options(exact=True))
_SSN = re2.compile(r"\b\d{3}[\s\p{Z}\p{Pd}]\d{2}[\s\p{Z}\p{Pd}]\d{4}\b", options(exact=True))
_NAMED_SSN = re2.compile(
    r"(?i)\b(?:ssn|social security(?: (?:number|no\.?))?)(?: is|:)? ?#? ?(\d{9})\b", options(exact=True)
)


def cards(text: str) -> Iterator[Span]:
    """Payment cards: the first digits and the length of a network, and the Luhn digit (ISO/IEC 7812-1)."""
    groups = [Span(start=m.start(), end=m.end()) for m in _GROUPS.finditer(text)]
    for first, group in enumerate(groups):
        sizes: list[int] = []
        written, end = "", group.start
        for part in groups[first : first + _LONGEST_CARD]:
            if sizes and not _is_gap(text[end : part.start]):
                break
            written += _decimal(text[part.start : part.end])
            sizes.append(part.end - part.start)
            end = part.end
            if len(written) > _LONGEST_CARD or (len(written) >= 6 and not _lengths(written[:6])):
                break
            window = Span(start=group.start, end=end)
            if _is_card(written, sizes) and _alone(text, window) and not _of_a_thing(text, window):
                yield window


def _is_gap(between: str) -> bool:
    return between == " " or bool(len(between) <= 4 and _ONLY_GAP.fullmatch(between))


def _of_a_thing(text: str, window: Span) -> bool:
    return bool(_OF_A_THING.search(text[max(0, window.start - 40) : window.start]))


def _decimal(written: str) -> str:
    """The digits of any script as those of ASCII."""
    return written if written.isascii() else "".join(str(int(digit)) for digit in written)


def _is_card(digits: str, sizes: Sequence[int]) -> bool:
    if (
        len(digits) < 13
        or len(set(digits)) == 1
        or not any(len(digits) in lengths for lengths in _lengths(digits[:6]))
    ):
        return False
    in_groups = len(sizes) <= _MOST_GROUPS and min(sizes[:-1], default=3) >= 3
    if not in_groups and max(sizes) > 1:
        return False
    is_ware = len(digits) == 13 and ean.is_valid(digits)
    return bool(luhn.is_valid(digits)) and not is_ware


@cache
def _lengths(first: str) -> tuple[Sequence[int], ...]:
    return tuple(lengths for pattern, lengths in _NETWORKS if re.match(pattern, first))


def _alone(text: str, window: Span) -> bool:
    """Whether nothing that goes on touches it: a word may, as in ``Visa4111…``, a code or the + of a telephone not."""
    start, end = window.start, window.end
    if text[max(0, start - 1) : start] == "+":
        return False
    before = _WORD_BEFORE.search(text[max(0, start - 20) : start])
    behind = _WORD_BEHIND.match(text, end) if text[end : end + 1].isalpha() else None
    is_word = (not before or len(before.group()) > 2) and (not behind or len(behind.group()) > 2)
    return is_word and not (behind is None and text[end : end + 1].isalpha())


def ibans(text: str) -> Iterator[Span]:
    """Bank accounts: the length and form of each country, and the check digits (ISO 13616)."""
    for found in _IBAN_START.finditer(text):
        start, body = found.start(1), found.end(1)
        rest = _IBAN_REST.match(text[body : body + 160])
        length = _iban_length(found.group(1)[:2].upper())
        if not rest or not length:
            continue
        places = [at for at in range(start, body + rest.end()) if text[at].isascii() and text[at].isalnum()]
        written = "".join(text[at] for at in places[:length])
        end = places[min(length, len(places)) - 1] + 1
        if _goes_on(text, end) or not iban.is_valid(written, check_country=False):
            continue
        yield Span(start=start, end=end)


def _goes_on(text: str, end: int) -> bool:
    """Whether more of the number follows: a whole word glued to it, such as ``BIC``, is none of it."""
    word = _WORD_BEHIND.match(text, end)
    return text[end : end + 1].isalnum() and (word is None or len(word.group()) <= 2)


@cache
def _iban_length(country: str) -> int:
    """Characters of an account number there, 0 where there are none; from the registry of SWIFT."""
    for _, about in numdb.get("iban").info(country):
        if form := about.get("bban"):
            return 4 + sum(int(size) for size in re.findall(r"(\d+)!?[anc]", form))
    return 0


def social_security(text: str) -> Iterator[Span]:
    """United States social security numbers of the ranges that are issued: in groups, or named as such."""
    for pattern, group in ((_SSN, 0), (_NAMED_SSN, 1)):
        for found in pattern.finditer(text):
            window = Span(start=found.start(group), end=found.end(group))
            if _is_ssn(found.group(group)) and not _of_a_thing(text, window):
                yield window


def _is_ssn(written: str) -> Any:
    digits = re.sub(r"\D", "", written)
    return ssn.is_valid(f"{digits[:3]}-{digits[3:5]}-{digits[5:]}")
