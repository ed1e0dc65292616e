"""What people are shown of what must not leak: of a number its last four signs, of a key or password nothing.

The stored text stays as it was, as evidence. A masked text is as long as the text, so that spans fit both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import re2

from policies.matching.index import readable
from policies.matching.numbers import GAP, cards, ibans, social_security
from policies.matching.regex import options
from policies.matching.secrets import secrets
from policies.model.finding import Finding, Span

MASK = "•"
SHOWN = 4  #: signs at the end of a number that stay
TOPIC = "personal-data"  #: of the rules whose matches are masked even where no scheme knows the number

LONGEST_MASKED = 40_000  #: characters in which numbers are told apart
_LONGEST_NUMBER = 160  #: characters that one may take, with its gaps
_SIGNS = re.compile(r"\w")
_BETWEEN = " … "  #: between the matched words of a finding
_BEHIND = 40  #: characters behind a card within which its date and code may stand
_CARD_DETAILS = re2.compile(
    r"(?i)^(?:[\s\p{P}\p{Z}]|exp\w*|valid|thru|until|through|cvv2?|cvc2?|security|code|date|pin|and|is|was|with|the"
    r"|\d{1,2}\s?[/-]\s?\d{2,4}\b|\d{3,4}\b)*",
    options(exact=True),
)
_NUMBER = re2.compile(rf"\p{{Nd}}(?:[()/]?{GAP}[()/]?{GAP}\p{{Nd}}){{4,}}", options(exact=True))


def masked(text: str, findings: Iterable[Finding] = ()) -> str:
    """The text with every number, key and password masked that must not leak.

    Numbers of cards, accounts and people are found by their schemes, and of what ``findings`` say is personal data
    every longer number is masked.
    Behind the part of a text that is looked through no letter and no digit is shown.
    """
    if len(text) > LONGEST_MASKED:
        sure = LONGEST_MASKED - _LONGEST_NUMBER  # a number that begins behind this may be cut
        seen = masked(text[:LONGEST_MASKED], findings)
        return seen[:sure] + _SIGNS.sub(MASK, seen[sure:] + text[LONGEST_MASKED:])
    plain = readable(text)
    keys = [secret.key for secret in secrets(plain)]
    if not keys and not any(sign.isdecimal() for sign in text):
        return text
    paying = list(cards(plain))
    spans = [*paying, *ibans(plain), *social_security(plain), *_by_findings(text, findings)]
    hidden = {place for span in spans for place in _all_but_the_end(text, span)}
    hidden |= {place for card in paying for place in _details(plain, card)}
    hidden |= {place for key in keys for place in range(key.start, key.end) if not text[place].isspace()}
    return "".join(MASK if place in hidden else sign for place, sign in enumerate(text)) if hidden else text


def masked_words(words: str, topic: str) -> str:
    """The matched words of a finding on a topic, as people may see them."""
    if topic != TOPIC:
        return masked(words)
    spans = _numbers(words, Span(start=0, end=len(words)))
    hidden = {place for span in spans for place in _all_but_the_end(words, span)}
    known = masked(words)  # by the schemes, which must see the whole number
    return "".join(MASK if place in hidden else sign for place, sign in enumerate(known))


def _details(text: str, card: Span) -> list[int]:
    """Where the digits of the date and the code stand that people write behind a card."""
    found = _CARD_DETAILS.match(text[card.end : card.end + _BEHIND])
    end = card.end + (found.end() if found else 0)
    return [place for place in range(card.end, end) if text[place].isdecimal()]


def _by_findings(text: str, findings: Iterable[Finding]) -> Iterator[Span]:
    pieces = {p for f in findings if f.topic == TOPIC for p in f.matched.split(_BETWEEN) if p}
    for piece in pieces:
        for found in re.finditer(re.escape(piece), text):
            yield from _numbers(text, Span(start=found.start(), end=found.end()))


def _numbers(text: str, within: Span) -> Iterator[Span]:
    for found in _NUMBER.finditer(readable(text[within.start : within.end])):
        yield Span(start=within.start + found.start(), end=within.start + found.end())


def _all_but_the_end(text: str, span: Span) -> list[int]:
    return [place for place in range(span.start, span.end) if text[place].isalnum()][:-SHOWN]
