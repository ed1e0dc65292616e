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
from policies.matching.links import links
from policies.model.finding import Span
from policies.view import View

#: twitter-text 3.1, validMentionPrecedingChars and endMentionMatch: what may stand beside a name on X
_BEFORE = r"(?:(?<![\w!#$%&*@＠])|(?<![\w+~.-][rR][tT])(?<=[rR][tT])|(?<![\w+~.-][rR][tT]:)(?<=[rR][tT]:))"
_X = re.compile(rf"{_BEFORE}[@＠](?P<name>[A-Za-z0-9_]{{1,20}})(?![@＠\u00c0-\u024f]|://)", re.ASCII)
#: Elsewhere names may hold dots and dashes, and Mastodon's go on with their server.
_ELSEWHERE = re.compile(rf"{_BEFORE}[@＠](?P<name>[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?)", re.ASCII)
#: Reddit's names, whose underscores its editor escapes (reddit.com/wiki/markdown).
_REDDIT = re.compile(
    r"(?<![A-Za-z0-9_.-]/)(?<![A-Za-z0-9_])/?u/(?P<name>(?:[A-Za-z0-9-]|[\\\u2060]?_)+)", re.IGNORECASE
)
_LEADING = re.compile(r"^(?:\s*[@＠][A-Za-z0-9_]+)+")
_ESCAPES = str.maketrans("", "", "\\\u2060")


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
    inside = [link.span for link in links(view.text)]
    patterns = (_X if view.post.key.platform == "x" else _ELSEWHERE, _REDDIT)
    return [
        (match["name"].translate(_ESCAPES).lower(), Span(start=match.start(), end=match.end()))
        for pattern in patterns
        for match in pattern.finditer(view.text)
        if match.start() >= start and not any(link.start <= match.start() < link.end for link in inside)
    ]


def _handles(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name.lower().removeprefix("@").removeprefix("u/") for name in names)
