"""Which accounts a post names.

```yaml
check:
  mention: {deny: [RivalBakery]}
```

`only` lists the accounts that may be named, `deny` those that may not, `more_than` how many are too many. Whoever
is answered does not count: platforms put their name in front by themselves.
"""

from __future__ import annotations

import re

from pydantic import Field

from policies.checks.base import Outcome, PostCheck, found, missed
from policies.model.finding import Span
from policies.view import View

_NAME = re.compile(r"(?<![\w@/.])(?:@|/?u/)([A-Za-z0-9_][\w.-]*\w|\w)")
_LEADING = re.compile(r"^(?:\s*@\w+)+")


class Mention(PostCheck):
    """Names of accounts."""

    only: tuple[str, ...] = ()
    """Accounts that may be named; every other one counts."""
    deny: tuple[str, ...] = ()
    """Accounts that may not be named."""
    more_than: int | None = Field(None, ge=0)
    """How many accounts may be named at most."""

    def look(self, view: View) -> Outcome:
        names = mentions(view)
        if not names:
            return missed("nobody is named")
        only, deny = _handles(self.only), _handles(self.deny)
        wrong = [span for name, span in names if name in deny or (only and name not in only)]
        if wrong:
            return found("an account that must not be named", wrong)
        limit = self.more_than
        if limit is not None and len(names) > limit:
            return found(f"{len(names)} accounts, more than {limit}", [span for _, span in names])
        return missed("each account may be named")


def mentions(view: View) -> list[tuple[str, Span]]:
    """Handles in lower case with their places, without those that an answer begins with."""
    leading = _LEADING.match(view.text) if view.post.parent_id else None
    start = leading.end() if leading else 0
    return [
        (match[1].lower(), Span(start=match.start(), end=match.end()))
        for match in _NAME.finditer(view.text)
        if match.start() >= start
    ]


def _handles(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name.lower().removeprefix("@").removeprefix("u/") for name in names)
