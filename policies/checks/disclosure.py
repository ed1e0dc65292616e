"""Whether an advertisement says that it is one.

```yaml
check:
  all:
    - terms: ["use my code", "they sent me"]     # what makes it an advertisement
    - disclosure: {}                             # and it does not say so
```

The check counts where a plain mark such as #ad, "advertisement", "sponsored" or "paid partnership" is missing, or
comes too late: behind the first `within` characters, where a long post is cut off, or among a row of hashtags at
the end (FTC, Disclosures 101: disclosures must be hard to miss and not buried among hashtags). The platform's own
label counts as a mark; in an import it stands as `paid` in the list `labels` under `raw`. Shorthand that readers do
not understand (#sp, #spon, #collab) does not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pydantic import Field

from policies.checks.base import Check, EveryPost, Matcher, Outcome, found, missed
from policies.checks.terms import Phrase
from policies.matching.index import IndexBuilder
from policies.model.finding import Span
from policies.needs import Need
from policies.view import PAID, View

MARKS: tuple[str, ...] = (
    "#ad", "#ads", "#advert", "#advertisement", "#advertising", "#sponsored", "#sponsoredpost", "#paidpartnership",
    "#paidad", "#anzeige", "#werbung", "#publicidad", "#publicité", "#affiliate", "#affiliatelink", "#affiliatelinks",
    "paid partnership", "paid promotion",
    "paid ad", "advertisement", "advertising feature", "advertorial", "sponsored by",

    "sponsored post", "sponsored content", "sponsored", "this is an ad", "ad:", "ad |", "[ad]",
    "(ad)", "ad -", "ad /",
    "affiliate link", "affiliate links", "i earn a commission", "we earn a commission", "we get a commission",
    "i get a commission", "i was paid", "we were paid",
    "paid for by", "brand partner", "in paid partnership with", "anzeige", "werbung",
)  # fmt: skip
_HASHTAGS_AT_END = re.compile(r"(?:#\w+[\s,]*){4,}$")
_TOP = re.compile(r"^(?:\s*@\w+)+\s*")


class Disclosure(Check):
    """No plain mark of advertising where it belongs."""

    marks: tuple[Phrase, ...] = MARKS
    """What counts as a mark."""
    within: int = Field(125, ge=1)
    """Characters from the top within which a long post must carry the mark."""
    short: int = Field(280, ge=1)
    """Up to so many characters a post is shown whole, and the mark may stand anywhere but in a row of hashtags."""

    @property
    def needs(self) -> frozenset[Need]:
        """The platform's own label."""
        return frozenset({Need.LABELS})

    def matcher(self, index: IndexBuilder) -> Matcher:
        """Enter the marks into the index."""
        return DisclosureMatcher(self, tuple(index.word(mark, inflect=False) for mark in self.marks))


@dataclass(frozen=True, slots=True)
class DisclosureMatcher(EveryPost):
    """Looks for a mark of advertising where readers see it."""

    options: Disclosure
    marks: tuple[int, ...]  #: slots of the marks

    def look(self, view: View) -> Outcome:
        if PAID in view.context.labels:
            return missed("the platform's label says that it is paid")
        spans = [span for slot in self.marks for span in view.word_spans(slot)]
        if not spans:
            return found("nothing says that it is advertising")
        if any(self._seen(span, view.text) for span in spans):
            return missed("a mark says that it is advertising")
        return found("the mark comes too late to be noticed")

    def _seen(self, span: Span, text: str) -> bool:
        top = _TOP.match(text)
        start = top.end() if top else 0
        if span.start - start < self.options.within and not self._buried(span, text):
            return True
        return len(text) <= self.options.short and not self._buried(span, text)

    @staticmethod
    def _buried(span: Span, text: str) -> bool:
        row = _HASHTAGS_AT_END.search(text)
        return bool(row and row.start() < span.start)
