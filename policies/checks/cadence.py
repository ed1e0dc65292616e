"""How often and when the brand speaks up.

```yaml
check:
  cadence: {more_than: 6, within: 1d}
```

`more_than` with `within` counts a post that is one too many in that time. `quiet: "22:00-07:00"` counts posts at
those local times of the brand, `closed: true` posts while the brand is closed. `silent_for: 4d` counts a post that
ended a longer silence. Answers do not count unless `answers: true`. What was published before is what the program
has stored of the account; deleted posts count as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Annotated, Self

from pydantic import Field, model_validator

from policies.checks.base import Outcome, PostCheck, found, missed, skip
from policies.durations import Duration
from policies.needs import Need
from policies.view import View


class Cadence(PostCheck):
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

    @property
    def needs(self) -> frozenset[Need]:
        """The opening hours, and for its counts what was published before."""
        return frozenset({Need.HOURS, Need.HISTORY} if self._counts else {Need.HOURS})

    @property
    def looks_back(self) -> timedelta:
        """As far as it counts."""
        return max(self.within, self.silent_for or timedelta()) if self._counts else timedelta()

    @property
    def _counts(self) -> bool:
        return self.more_than is not None or self.silent_for is not None

    def look(self, view: View) -> Outcome:
        post = view.post
        if post.parent_id and not self.answers:
            return missed("answers do not count")
        earlier = [
            p for p in view.context.history or () if p.key != post.key and p.created_at <= post.created_at
        ]
        if not self.answers:
            earlier = [p for p in earlier if not p.parent_id]
        reasons = [*self._times(view), *self._rhythm(post.created_at, [p.created_at for p in earlier])]
        if reasons:
            return found("; ".join(reasons))
        if self._counts and view.context.history is None:
            return skip("what was published before is not known")
        return missed("neither too often nor at an odd hour")

    def _times(self, view: View) -> Iterator[str]:
        at = view.post.created_at
        local = at.astimezone(view.context.hours.zone).time()
        if self.quiet and _between(local, self.quiet):
            yield f"published at {local:%H:%M}, in the quiet hours"
        if self.closed and not view.context.hours.is_open(at):
            yield f"published at {local:%H:%M}, while closed"

    def _rhythm(self, at: datetime, earlier: list[datetime]) -> Iterator[str]:
        recent = [e for e in earlier if e > at - self.within]
        if self.more_than is not None and len(recent) + 1 > self.more_than:
            yield f"number {len(recent) + 1} within {self.within}"
        if self.silent_for and earlier and at - max(earlier) > self.silent_for:
            yield f"after {(at - max(earlier)).days} days of silence"


def _between(at: time, hours: str) -> bool:
    start, end = (time.fromisoformat(part) for part in hours.split("-"))
    return start <= at < end if start <= end else at >= start or at < end
