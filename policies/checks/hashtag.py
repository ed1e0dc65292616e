"""Which hashtags a post has.

```yaml
check:
  hashtag: {deny: ["#blessed"], more_than: 3}
```

`only` lists the tags that may be used, `deny` those that may not, `require` those of which one must be there,
`more_than` how many are too many.
"""

from __future__ import annotations

import re

from pydantic import Field

from policies.checks.base import Outcome, PostCheck, found, missed
from policies.matching.fold import fold_word
from policies.model.finding import Span
from policies.view import View

_TAG = re.compile(r"(?<![\w&/])[#＃](\d*[^\W\d]\w*)")


class Hashtag(PostCheck):
    """Hashtags."""

    only: tuple[str, ...] = ()
    """Tags that may be used; every other one counts."""
    deny: tuple[str, ...] = ()
    """Tags that may not be used."""
    require: tuple[str, ...] = ()
    """Tags of which one must be there."""
    more_than: int | None = Field(None, ge=0)
    """How many tags may be used at most."""

    def look(self, view: View) -> Outcome:
        tags = [(fold_word(m[1]), Span(start=m.start(), end=m.end())) for m in _TAG.finditer(view.text)]
        only, deny, require = (_folded(tags) for tags in (self.only, self.deny, self.require))
        wrong = [span for tag, span in tags if tag in deny or (only and tag not in only)]
        if wrong:
            return found("a hashtag that must not be used", wrong)
        if require and not any(tag in require for tag, _ in tags):
            return found(f"none of {', '.join(self.require)} is there")
        if self.more_than is not None and len(tags) > self.more_than:
            return found(f"{len(tags)} hashtags, more than {self.more_than}", [span for _, span in tags])
        return missed("the hashtags are fine" if tags else "there is no hashtag")


def _folded(tags: tuple[str, ...]) -> frozenset[str]:
    return frozenset(fold_word(tag.lstrip("#＃")) for tag in tags)
