"""How often and when the brand speaks up.

```yaml
check:
  cadence: {more_than: 6, within: 1d}
```

`more_than` with `within` counts a post that is one too many in that time. `quiet: "22:00-07:00"` counts posts at
those local times of the brand, `closed: true` posts while the brand is closed. `silent_for: 4d` counts a post that
ended a longer silence. Answers do not count unless `answers: true`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Annotated, Self

from pydantic import Field, model_validator

from policies.checks.base import Check, Matcher, Outcome, Triggers, found, missed, skip
from policies.durations import Duration
from policies.matching.index import IndexBuilder
from policies.view import View


class Cadence(Check):
    """Too many posts, posts at odd hours, days of silence."""

    more_than: int | None = Field(None, ge=0)
    """How many posts may be published within the time."""
    within: Duration = timedelta(days=1)
    """The time in which they are counted."""
    quiet: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")] | None = None
    """Local times at which nothing should be published, such as 22:00-07:00."""
    closed: bool = False
    """Posts outside the opening hours count."""
    silent_for: Duration | None = None
    """A post that ended a longer silence counts."""
    answers: bool = False
    """Also count answers to people."""

    @model_validator(mode="after")
    def _some(self) -> Self:
        if self.more_than is None and not (self.quiet or self.closed or self.silent_for):
            raise ValueError("name more_than, quiet, closed or silent_for")
        return self

    def plan(self, index: IndexBuilder) -> Matcher:
        """Times need no index."""
        _ = index
        return _Matcher(self)


@dataclass(frozen=True, slots=True)
class _Matcher:
    options: Cadence

    @property
    def triggers(self) -> Triggers:
        return None

    def look(self, view: View) -> Outcome:
        options, post = self.options, view.post
        if post.parent_id and not options.answers:
            return missed("answers do not count")
        earlier = [p for p in view.context.history if p.key != post.key and p.created_at <= post.created_at]
        if not options.answers:
            earlier = [p for p in earlier if not p.parent_id]
        reasons = [*self._times(view), *self._rhythm(post.created_at, [p.created_at for p in earlier])]
        if reasons:
            return found("; ".join(reasons))
        needs_history = options.more_than is not None or options.silent_for
        if needs_history and not view.context.history:
            return skip("what was published before is not known")
        return missed("neither too often nor at an odd hour")

    def _times(self, view: View) -> Iterator[str]:
        at = view.post.created_at
        local = at.astimezone(view.context.hours.zone).time()
        if self.options.quiet and _between(local, self.options.quiet):
            yield f"published at {local:%H:%M}, in the quiet hours"
        if self.options.closed and not view.context.hours.is_open(at):
            yield f"published at {local:%H:%M}, while closed"

    def _rhythm(self, at: datetime, earlier: list[datetime]) -> Iterator[str]:
        options = self.options
        recent = [e for e in earlier if e > at - options.within]
        if options.more_than is not None and len(recent) + 1 > options.more_than:
            yield f"number {len(recent) + 1} within {options.within}"
        if options.silent_for and earlier and at - max(earlier) > options.silent_for:
            yield f"after {(at - max(earlier)).days} days of silence"


def _between(at: time, hours: str) -> bool:
    start, end = (time.fromisoformat(part) for part in hours.split("-"))
    return start <= at < end if start <= end else at >= start or at < end
