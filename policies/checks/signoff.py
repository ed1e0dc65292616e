"""Who signed an answer.

```yaml
check:
  signoff: {missing: true}
```

`missing` counts answers without the mark of somebody on the roster (such as ^TK), `unknown` those with a mark that
nobody on the roster has, `not_met` those signed by somebody whom the owner has not introduced to clients yet.

A case says with `people` who is on the roster: `{text: Sure! ^TK, people: [{mark: ^TK, met: false}]}`.
"""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from policies.checks.base import Outcome, PostCheck, found, missed, skip
from policies.model.finding import Span
from policies.needs import Need
from policies.signing import author_of, mark_of
from policies.view import View


class Signoff(PostCheck):
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

    @property
    def needs(self) -> frozenset[Need]:
        """The marks on the roster."""
        return frozenset({Need.PEOPLE})

    def look(self, view: View) -> Outcome:
        if not any(person.marks for person in view.context.people):
            return skip("nobody on the roster has a mark")
        text = view.text.rstrip()
        signer = author_of(view.post, view.context.people)
        mark = mark_of(text)
        if signer is None:
            return self._stranger(mark)
        met = signer.met_on is not None and signer.met_on <= view.post.created_at.date()
        if self.not_met and not met:
            return found(f"{signer.name} has not been introduced to clients")
        return missed(f"signed by {signer.name}")

    def _stranger(self, mark: Span | None) -> Outcome:
        if mark and self.unknown:
            return found("signed by nobody on the roster", [mark])
        if mark is None and self.missing:
            return found("nobody signed it")
        return missed("not signed" if mark is None else "signed by somebody else")
