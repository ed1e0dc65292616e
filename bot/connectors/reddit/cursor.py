"""Where a pull of a Reddit listing resumes.

Reddit has no "since": ``before=`` shows nothing once its anchor is deleted. So the cursor remembers the newest
fullnames with what marks their state, and a pull reads from the top until a page holds a known one. That page is
looked through to its end: it shows edits, removals and late approvals among the known ones, and costs nothing.

The cursor moves with the last page only. A crash before that reads again from the top, which Reddit does not
charge, and the store knows what it has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.connectors.shared.raw import Shape, shaped

REMEMBERED = 250  #: fullnames; two pages and a half, so that a whole page of known ones is recognised


class _StoredRedditCursor(Shape):
    known: tuple[tuple[str, str], ...] = ()
    floor: float | None = None
    unread: dict[str, int] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class RedditCursor:
    """What the last finished pull saw."""

    known: Mapping[str, str]  #: fullname -> mark of its state, newest first
    floor: float | None = None  #: Unix seconds; older things belong to the time before oversight
    #: things that could not be read, by fullname -> how often they were asked for again
    unread: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def load(cls, stored: Mapping[str, Any] | None) -> RedditCursor:
        """A stored cursor. Raises `UnreadableItem` for one that we did not write."""
        found = shaped(_StoredRedditCursor, dict(stored or {}))
        return cls(known=dict(found.known), floor=found.floor, unread=found.unread)

    def dump(self) -> dict[str, Any]:
        """The JSON object to store."""
        unread = {"unread": dict(self.unread)} if self.unread else {}
        return {"known": [list(item) for item in self.known.items()], "floor": self.floor, **unread}

    def after(self, walked: Mapping[str, str]) -> RedditCursor:
        """The state once a pull that saw these, newest first, is stored."""
        merged = {**walked, **{name: mark for name, mark in self.known.items() if name not in walked}}
        return replace(self, known=dict(list(merged.items())[:REMEMBERED]))


def mark(*, edited_at: datetime | None, deleted: bool) -> str:
    """A few characters that change whenever a known thing's words can have changed."""
    return "gone" if deleted else f"{edited_at.timestamp():.0f}" if edited_at else ""
