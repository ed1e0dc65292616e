"""Words and phrases.

```yaml
check:
  terms: [cheapest, "best in town"]
```

A term is found as a whole word, in capitals or not, with or without accents, with invisible characters or
look-alike letters in it, and in its English forms (`refund` finds *refunds*, *refunded*, *refunding*). A star at
the end lets the word go on: `guarant*` finds *guarantee* and *guaranteed*.

Longer form:

```yaml
check:
  terms:
    words: [free]
    allow: ["gluten free", "feel free"]   # not where the word stands in one of these
    inflect: false                        # only the word itself
    disguised: true                       # also fr33, f.r.e.e, freeee, fr*e, f***
    at_least: 2                           # different words of the list
```
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, model_validator

from policies.checks.base import Check, Matcher, Outcome, Triggers, found, missed, under
from policies.matching.index import IndexBuilder
from policies.model.finding import Span
from policies.view import View

Phrase = Annotated[str, Field(min_length=1, max_length=200)]


class Terms(Check):
    """Words and phrases, as whole words and in their forms."""

    words: tuple[Phrase, ...] = Field(min_length=1)
    """What to look for."""
    allow: tuple[Phrase, ...] = ()
    """Phrases in which a word is fine."""
    inflect: bool = True
    """Also find plurals, past and gerund of English words."""
    disguised: bool = False
    """Also find leetspeak, spaced-out and drawn-out letters, and letters hidden behind signs."""
    at_least: int = Field(1, ge=1)
    """How many different words of the list must stand there."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return under("words")(value)

    def matcher(self, index: IndexBuilder) -> Matcher:
        """Enter the words into the index."""

        def enter(words: tuple[str, ...], *, disguised: bool) -> tuple[int, ...]:
            return tuple(index.word(word, inflect=self.inflect, disguised=disguised) for word in words)

        words = enter(self.words, disguised=self.disguised)
        return TermsMatcher(words, enter(self.allow, disguised=False), self.at_least)


@dataclass(frozen=True, slots=True)
class TermsMatcher:
    """Looks for the words of a list."""

    words: tuple[int, ...]  #: slots of the words
    allow: tuple[int, ...]  #: slots of the phrases in which they are fine
    at_least: int  #: how many different words must stand there

    @property
    def triggers(self) -> Triggers:
        """One of them must stand in the text."""
        return frozenset(self.words)

    def look(self, view: View) -> Outcome:
        fired = [slot for slot in self.words if slot in view.hits.words]
        if not fired:
            return missed("none of the words stands there")
        allowed = [span for slot in self.allow for span in view.word_spans(slot)]
        spans = [[s for s in view.word_spans(slot) if not _inside(s, allowed)] for slot in fired]
        different = sum(1 for group in spans if group)
        if different < self.at_least:
            return missed(
                "the words stand only in allowed phrases" if allowed else "too few of the words stand there"
            )
        return found("words of the list stand there", [span for group in spans for span in group])


def _inside(span: Span, others: list[Span]) -> bool:
    return any(other.start <= span.start and span.end <= other.end for other in others)
