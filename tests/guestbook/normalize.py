"""Guestbook entry -> Post. Pure."""

from __future__ import annotations

from datetime import datetime

from bot.connectors.shared.raw import Shape, clean, shaped
from guestbook.site import SITE
from policies.model.keys import PostKey
from policies.model.post import Direction, Kind, Post


class Entry(Shape):
    """An entry as the guestbook writes it."""

    id: str
    author: str
    text: str
    written: datetime
    changed: datetime
    answers: str | None = None
    thread: str

    @property
    def place(self) -> str:
        """Where it stands in a list: newest change first, and by id within a moment."""
        return f"{self.changed.isoformat()} {self.id}"


def read(payload: object) -> Entry:
    """One entry. Raises `UnreadableItem` for what is none."""
    return shaped(Entry, clean(payload))


def normalize(entry: Entry, *, account: str) -> Post:
    """The entry as a post of this account's lists."""
    ours = entry.author == account
    return Post(
        key=PostKey(platform=SITE.name, account=account, external_id=entry.id),
        thread_id=entry.thread,
        parent_id=entry.answers,
        direction=Direction.OUTBOUND if ours else Direction.INBOUND,
        kind=Kind.REPLY if entry.answers else Kind.POST,
        author=entry.author,
        created_at=entry.written,
        edited_at=entry.changed if entry.changed != entry.written else None,
        text=entry.text,
        permalink=(SITE.permalink or "").format(author=entry.author, id=entry.id),
        raw=entry.model_dump(mode="json"),
    )
