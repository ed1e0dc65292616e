"""Who signed an answer.

```yaml
check:
  signoff: {missing: true}
```

`missing` counts answers without the mark of somebody on the roster (such as ^TK), `unknown` those with a mark that
nobody on the roster has, `not_met` those signed by somebody whom the owner has not introduced to clients yet.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from pydantic import model_validator

from policies.checks.base import Check, Matcher, Outcome, Triggers, found, missed, skip
from policies.matching.index import IndexBuilder
from policies.model.finding import Span
from policies.model.people import Person, Role
from policies.view import View

_MARK = re.compile(r"(?:[\^*~]|(?<=\s)[-–—/])\s?[A-Z][A-Za-z]{0,14}$")


class Signoff(Check):
    """Marks at the end of answers."""

    missing: bool = False
    """Answers without a mark count."""
    unknown: bool = False
    """Answers with a mark of nobody on the roster count."""
    not_met: bool = False
    """Answers by somebody who has not been introduced to clients count."""

    @model_validator(mode="after")
    def _some(self) -> Self:
        if not (self.missing or self.unknown or self.not_met):
            raise ValueError("name missing, unknown or not_met")
        return self

    def plan(self, index: IndexBuilder) -> Matcher:
        """Marks need no index."""
        _ = index
        return _Matcher(self)


@dataclass(frozen=True, slots=True)
class _Matcher:
    options: Signoff

    @property
    def triggers(self) -> Triggers:
        return None

    def look(self, view: View) -> Outcome:
        if not any(person.marks for person in view.context.people):
            return skip("nobody on the roster has a mark")
        text = view.text.rstrip()
        signer = signer_of(text, view.context.people)
        mark = _MARK.search(text)
        if signer is None:
            return self._stranger(mark)
        met = signer.met_on is not None and signer.met_on <= view.post.created_at.date()
        if self.options.not_met and not met:
            return found(f"{signer.name} has not been introduced to clients")
        return missed(f"signed by {signer.name}")

    def _stranger(self, mark: re.Match[str] | None) -> Outcome:
        if mark and self.options.unknown:
            return found("signed by nobody on the roster", [Span(start=mark.start(), end=mark.end())])
        if mark is None and self.options.missing:
            return found("nobody signed it")
        return missed("not signed" if mark is None else "signed by somebody else")


def signer_of(text: str, people: Sequence[Person]) -> Person | None:
    """The person on the roster whose mark ends a text."""
    text = text.rstrip()
    return next((p for p in people if any(mark and text.endswith(mark) for mark in p.marks)), None)


def role_of(text: str, people: Sequence[Person]) -> Role:
    """The role of whoever signed a text, by the marks on the roster; the agency where nobody did."""
    signer = signer_of(text, people)
    return signer.role if signer else Role.AGENCY
