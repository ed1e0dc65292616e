"""Promises that bind the business: money, free things, discounts, dates and guarantees.

```yaml
check:
  promise: {kinds: [refund, date]}
```

`refund` finds money given back or waived, `free` things given for nothing, `discount` so much off, `date` that
something will be done by then, `guarantee` that something is certain. It finds the usual English wording; for what
people say in other words, put `similar` beside it. A promise in the same sentence as *cannot*, *ask* or *policy* is
none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from policies.checks.base import Check, Matcher, Outcome, Triggers, found, missed
from policies.matching.index import IndexBuilder
from policies.matching.regex import Regex, compile_pattern
from policies.view import View

PromiseKind = Literal["refund", "free", "discount", "date", "guarantee"]
_WE = r"\b(i|we)( will|'ll| are going to|'m going to| can| have|'ve| would be happy to|'re happy to) (\w+ ){0,3}"
_PATTERNS: dict[PromiseKind, str] = {
    "refund": _WE + r"(refund\w*|reimburse\w*|compensate\w*|waive\w*|credit\w*|give you your money back)\b",
    "free": _WE + r"(send|give|offer|ship|throw in|get|replace|upgrade)\b[^.!?\n]*"
    r"\b(free|on us|on the house|at no (extra )?(cost|charge)|for nothing|free of charge|complimentary)\b",
    "discount": r"\b(\d+ ?(%|percent)|half|[$£€] ?\d+) off (your|for you|the next|any)\b",
    "date": r"\b(you'll|you will|it'll|it will|will be|arrives?|ready|fixed|delivered|back) [^.!?\n]*"
    r"\b(by|before|no later than) (tomorrow|tonight|noon|midnight|monday|tuesday|wednesday|thursday|friday|saturday"
    r"|sunday|the end of|christmas|easter|next|\d+)\b",
    "guarantee": r"\b(i|we) (can |personally )?(guarantee|promise|swear)\b|\bguaranteed\b|\b(you have )?(my|our) word\b"
    r"|\bnever happen again\b",
}
_NONE = r"\b(can't|cannot|unable|not able|won't be able|don't|not|never|ask|asked|asking|owner|policy|policies|terms)\b"


class Promise(Check):
    """Wording that binds the business."""

    kinds: tuple[PromiseKind, ...] = Field(("refund", "free", "discount", "date", "guarantee"), min_length=1)
    """Which kinds of promise."""

    def matcher(self, index: IndexBuilder) -> Matcher:
        """Enter the wording into the index."""
        regexes = [compile_pattern(_PATTERNS[kind]) for kind in self.kinds]
        return PromiseMatcher({index.pattern(regex): regex for regex in regexes}, compile_pattern(_NONE))


@dataclass(frozen=True, slots=True)
class PromiseMatcher:
    """Looks for wording that binds, and for what takes it back."""

    regexes: dict[int, Regex]  #: wording that binds, by slot
    none: Regex  #: what takes it back

    @property
    def triggers(self) -> Triggers:
        """One of them must stand in the text."""
        return frozenset(self.regexes)

    def look(self, view: View) -> Outcome:
        fired = [regex for slot, regex in self.regexes.items() if slot in view.hits.patterns]
        if not fired:
            return missed("nothing is promised")
        spans = [view.folded.span(*place) for regex in fired for place in regex.spans(view.folded.text)]
        excused = {
            view.sentence_of(view.folded.span(*place).start)
            for place in self.none.spans(view.folded.text)
            if not any(_within(view.folded.span(*place).start, span.start, span.end) for span in spans)
        }
        left = [span for span in spans if view.sentence_of(span.start) not in excused]
        return found("something is promised", left) if left else missed("the sentence takes it back")


def _within(place: int, start: int, end: int) -> bool:
    return start <= place < end
