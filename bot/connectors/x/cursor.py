"""Where a pull of an X timeline resumes.

X serves a timeline newest first, so a walk goes down from the newest post to ``since_id``, the newest one that an
earlier, finished walk stored. A crash may come after any page, and then the upper part is stored and the lower is
not. Three states::

    resting   since_id S                    all up to S is stored            (S None: nothing was found so far)
    walking   since_id S, top T, until U    T >= stored >= U, and all up to S; between S and U is still to come
    resting   since_id T                    the walk's last page was stored

``since_id`` moves only in the last step. A restart in the middle asks for what lies between S and U: nothing is
lost and nothing is read twice. The first walk has no S; ``start`` bounds it instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.connectors.shared.raw import Shape, UnreadableItem, shaped
from bot.connectors.x.ids import can_be


class _StoredXCursor(Shape):
    user_id: str | None = None
    since_id: int | None = None
    start: str | None = None
    top: int | None = None
    until: int | None = None
    served: int = 0
    unread: dict[str, int] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class XCursor:
    """One state. Ids are X's, of versions as served."""

    user_id: str | None = None  #: X's id of the account, looked up once because each look-up is charged
    since_id: int | None = None  #: newest post of the last finished walk
    start: str | None = None  #: RFC 3339 time; how far down the first walk goes
    top: int | None = None  #: newest post of the walk under way, None where none is
    until: int | None = None  #: oldest post stored of the walk under way
    served: int = 0  #: posts served in the walk under way
    #: posts that could not be read, by id -> how often they were asked for again
    unread: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def load(cls, stored: Mapping[str, Any] | None) -> XCursor:
        """A stored cursor. Raises `UnreadableItem` for one that we did not write."""
        return cls(**shaped(_StoredXCursor, dict(stored or {})).model_dump())

    @classmethod
    def resume(cls, stored: Mapping[str, Any] | None, now: datetime) -> XCursor:
        """A stored cursor, or an empty one where it cannot be gone on from: we did not write it, or X cannot have
        given out its ids by now. Reading again costs a little; going on from there could skip posts.
        """
        try:
            found = cls.load(stored)
            _ = datetime.fromisoformat(found.start) if found.start else None
        except (UnreadableItem, ValueError):
            return cls()
        ids = (found.since_id, found.top, found.until)
        if all(number is None or can_be(number, now) for number in ids):
            return found
        return cls(user_id=found.user_id, unread=found.unread)

    def dump(self) -> dict[str, Any]:
        """The JSON object to store."""
        return {key: value for key, value in asdict(self).items() if value not in (None, {})}

    @property
    def walking(self) -> bool:
        """Whether a walk is under way."""
        return self.top is not None

    def wants(self, post_id: int) -> bool:
        """Whether a post lies in the part that is still to come."""
        above = self.since_id is None or post_id > self.since_id
        return above and (self.until is None or post_id < self.until)

    def after(self, ids: Iterable[int]) -> XCursor:
        """The state once a page with these posts is stored."""
        found = set(ids)
        if not found:
            return self
        return replace(
            self,
            top=max(found | ({self.top} if self.top is not None else set())),
            until=min(found | ({self.until} if self.until is not None else set())),
            served=self.served + len(found),
        )

    def rested(self) -> XCursor:
        """The state once the walk's last page is stored."""
        since = self.top if self.top is not None else self.since_id
        start = None if since is not None else self.start
        return replace(self, since_id=since, start=start, top=None, until=None, served=0)
