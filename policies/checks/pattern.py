"""Regular expressions in RE2's syntax, which match in linear time.

```yaml
check:
  pattern: 'within \\d+ (hours?|days?)'
```

The text is compared without accents, capitals and disguise, and white space is one space; `\\w`, `\\d` and `\\b`
know every script. With `exact: true` the pattern reads the text as it was written, capitals and all:

```yaml
check:
  pattern:
    any: ['\\[[A-Z _]+\\]']
    exact: true
```

Look-around and back-references cannot be matched in linear time and are refused; what must not follow goes into
`unless`. Syntax: https://github.com/google/re2/wiki/Syntax
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from policies.checks.base import Check, Matcher, Outcome, Triggers, found, missed, under
from policies.matching.index import IndexBuilder, readable
from policies.matching.regex import BadPattern, Regex, compile_pattern
from policies.model.finding import Span
from policies.view import View


class Pattern(Check):
    """Regular expressions of which one must match."""

    any: tuple[str, ...] = Field(min_length=1)
    """Patterns in RE2's syntax."""
    exact: bool = False
    """Read the text as it was written, with its capitals and accents."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return under("any")(value)

    @model_validator(mode="after")
    def _safe(self) -> Self:
        for number, pattern in enumerate(self.any):
            try:
                compile_pattern(pattern, exact=self.exact)
            except BadPattern as error:
                raise PydanticCustomError(
                    "pattern",
                    "{message} {mend}",
                    {
                        "message": f"{error} (sign {error.offset + 1} of pattern {number + 1})",
                        "mend": error.mend,
                    },
                ) from error
        return self

    def matcher(self, index: IndexBuilder) -> Matcher:
        """Enter the patterns into the index."""
        regexes = [compile_pattern(pattern, exact=self.exact) for pattern in self.any]
        return PatternMatcher({index.pattern(regex): regex for regex in regexes})


@dataclass(frozen=True, slots=True)
class PatternMatcher:
    """Looks where the patterns that fired match."""

    regexes: dict[int, Regex]  #: by slot

    @property
    def triggers(self) -> Triggers:
        """One of them must stand in the text."""
        return frozenset(self.regexes)

    def look(self, view: View) -> Outcome:
        fired = [regex for slot, regex in self.regexes.items() if slot in view.hits.patterns]
        spans = [span for regex in fired for span in _spans(regex, view)]
        return found("the pattern matches", spans) if spans else missed("the pattern does not match")


def _spans(regex: Regex, view: View) -> list[Span]:
    if regex.exact:
        return [Span(start=start, end=end) for start, end in regex.spans(readable(view.text))]
    return [view.folded.span(start, end) for start, end in regex.spans(view.folded.text)]
