"""Which language a post is written in.

```yaml
check:
  language: {only: [en, es]}
```

Counts a post in any language that is not listed. The language is what the model identified, or else what the
platform says. Where nobody knows it, the check is skipped and says so.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from policies.checks.base import Outcome, PostCheck, found, missed, skip
from policies.needs import Need
from policies.view import View


class Language(PostCheck):
    """Languages that the brand writes in."""

    only: tuple[Annotated[str, Field(pattern="^[a-z]{2,3}$")], ...] = Field(min_length=1)
    """ISO 639-1 codes of the languages that are fine."""

    @property
    def needs(self) -> frozenset[Need]:
        """What the model says of the language."""
        return frozenset({Need.READING})

    def look(self, view: View) -> Outcome:
        language = view.language
        if language is None:
            return skip("the language is not known")
        detail = f"written in {language}"
        return missed(detail) if language in self.only else found(detail)
