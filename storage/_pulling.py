"""Pages as they come in: posts with their history, cursors, money and the health of streams."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from policies.model.coverage import Unchecked
from policies.model.keys import PostKey
from policies.model.post import Post
from storage import _audit, _rows
from storage._base import Base, Mode, chunks, require_brand, upsert, waves
from storage._brands import claim_account
from storage._settle import bury
from storage.columns import instant
from storage.errors import AccountTaken
from storage.schema import charges, posts, revisions, streams, unchecked
from storage.views import Charge, Saved

_KNOWN = (
    *(posts.c[name] for name in ("brand", "revision", "revisions", "deleted_at", "direction")),
    *(revisions.c[name] for name in ("text", "media", "edited_at")),
)


class _Change(Enum):
    NEW = auto()
    REVISED = auto()
    OLDER = auto()  #: a page that comes late: history, the newest revision stays
    DELETED = auto()
    SAME = auto()


@dataclass(slots=True)
class _Sorted:
    """The posts of a page by what they change, with the rows that we have of them."""

    by: dict[_Change, list[Post]] = field(default_factory=lambda: {change: [] for change in _Change})
    rows: Mapping[PostKey, sa.Row[Any]] = field(default_factory=dict)

    def saved(self) -> Saved:
        keys = {change: tuple(post.key for post in found) for change, found in self.by.items()}
        return Saved(
            new=keys[_Change.NEW],
            revised=keys[_Change.REVISED],
            deleted=keys[_Change.DELETED],
            unchanged=len(keys[_Change.SAME]) + len(keys[_Change.OLDER]),
        )


class Pulling(Base):
    """What the platforms gave us."""

    def save_page(
        self,
        *,
        brand: str,
        platform: str,
        account: str,
        stream: str,
        posts: Sequence[Post],
        cursor: Mapping[str, Any] | None,
        now: datetime,
        charges: Sequence[Charge] = (),
        unchecked: Sequence[Unchecked] = (),
    ) -> Saved:
        """Keep a page with the cursor behind it, all or nothing. A cursor of None leaves the old one.

        Changed text or media is a new revision; a deletion is noted and the text kept.
        Raises `UnknownBrand`, `AccountTaken`.
        """
        with self._transaction(Mode.PULLED) as conn:
            require_brand(conn, brand)
            for name, handle in sorted(
                {(platform, account), *((p.key.platform, p.key.account) for p in posts)}
            ):
                claim_account(conn, brand, name, handle)
            saved = [_save(conn, brand, wave, now) for wave in waves(posts, attrgetter("key"))]
            _put_charges(conn, platform, account, charges, now)
            _put_unchecked(conn, brand, unchecked, now)
            if cursor is not None:
                _put_stream(conn, platform, account, stream, {"cursor": dict(cursor)})
        return _merge(saved)

    def cursor(self, platform: str, account: str, stream: str) -> Mapping[str, Any] | None:
        """Where the next pull resumes, None for a first one."""
        with self._transaction(Mode.READ) as conn:
            return conn.scalar(sa.select(streams.c.cursor).where(_stream(platform, account, stream)))

    def mark_deleted(self, keys: Sequence[PostKey], *, now: datetime) -> int:
        """Note that posts are gone from the platform; how many we did not know to be gone.

        Their findings are gone with them, and their cases close as fixed.
        """
        with self._transaction(Mode.PULLED) as conn:
            rows = _rows.find_posts(conn, set(keys), _KNOWN)
            gone = {key: now for key, row in rows.items() if row.deleted_at is None}
            _delete(conn, rows, gone, now)
        return len(gone)

    def pulled(
        self, platform: str, account: str, stream: str, *, now: datetime, error: str | None = None
    ) -> None:
        """Note how a pull ended; ``error`` None: the stream reached its end."""
        values: dict[str, Any] = {"complete_at": now, "failing_since": None, "error": None}
        if error is not None:
            values = {
                "failing_since": sa.func.coalesce(streams.c.failing_since, instant(now)),
                "error": error,
            }
        with self._transaction(Mode.PULLED) as conn:
            first = {**values, "failing_since": None if error is None else now}
            _put_stream(conn, platform, account, stream, first, values)

    def known(self, platform: str, account: str, external_ids: Iterable[str]) -> set[str]:
        """Which of these posts we hold."""
        keys = [PostKey(platform=platform, account=account, external_id=one) for one in external_ids]
        with self._transaction(Mode.READ) as conn:
            return {key.external_id for key in _rows.find_posts(conn, keys, ())}

    def looked(self, keys: Sequence[PostKey], *, now: datetime) -> None:
        """Note a later look at each of these posts."""
        with self._transaction(Mode.PULLED) as conn:
            ids = [row.id for row in _rows.find_posts(conn, set(keys), ()).values()]
            for chunk in chunks(ids):
                conn.execute(sa.update(posts).where(posts.c.id.in_(chunk)).values(looked_at=now))


def _save(conn: Connection, brand: str, page: list[Post], now: datetime) -> Saved:
    known = _rows.find_posts(conn, [post.key for post in page], _KNOWN)
    plan = _Sorted(rows=known)
    for post in page:
        plan.by[_change(post, known.get(post.key), brand)].append(post)
    _insert(conn, brand, plan.by[_Change.NEW], now)
    _revise(conn, known, plan.by[_Change.REVISED], now)
    _add_history(conn, known, plan.by[_Change.OLDER], now)
    gone = {post.key: post.deleted_at for post in plan.by[_Change.DELETED] if post.deleted_at}
    _delete(conn, known, gone, now)
    _audit.append(conn, _edits(brand, plan), now=now)
    return plan.saved()


def _change(post: Post, row: sa.Row[Any] | None, brand: str) -> _Change:
    if row is None:
        return _Change.NEW
    if row.brand != brand:
        raise AccountTaken(f"{post.key} belongs to the brand {row.brand!r}.")
    if post.deleted_at is not None:  # what a platform serves of a deleted post is not its text
        return _Change.SAME if row.deleted_at else _Change.DELETED
    if (post.text, _rows.media_json(post)) == (row.text, row.media):
        return _Change.SAME
    if row.edited_at is not None and (post.edited_at is None or post.edited_at < row.edited_at):
        return _Change.OLDER
    return _Change.REVISED


def _insert(conn: Connection, brand: str, new: list[Post], now: datetime) -> None:
    if not new:
        return
    identity = (posts.c.id, posts.c.platform, posts.c.account, posts.c.external_id)
    rows = [_rows.post_row(post, brand=brand, now=now) for post in new]
    ids = {_rows.key(row): row.id for row in conn.execute(sa.insert(posts).returning(*identity), rows)}
    first = [_rows.revision_row(post, post_id=ids[post.key], number=1, now=now) for post in new]
    conn.execute(sa.insert(revisions), first)


def _revise(
    conn: Connection, known: Mapping[PostKey, sa.Row[Any]], revised: list[Post], now: datetime
) -> None:
    for post in revised:
        row = known[post.key]
        number = row.revisions + 1
        conn.execute(sa.insert(revisions), _rows.revision_row(post, post_id=row.id, number=number, now=now))
        newest = sa.update(posts).where(posts.c.id == row.id)
        conn.execute(newest.values(revision=number, revisions=number))


def _add_history(
    conn: Connection, known: Mapping[PostKey, sa.Row[Any]], older: list[Post], now: datetime
) -> None:
    for post in older:
        row = known[post.key]
        seen = sa.select(revisions.c.id).where(revisions.c.post_id == row.id, revisions.c.text == post.text)
        if conn.execute(seen).first() is None:
            values = _rows.revision_row(post, post_id=row.id, number=row.revisions + 1, now=now)
            conn.execute(sa.insert(revisions), values)
            conn.execute(sa.update(posts).where(posts.c.id == row.id).values(revisions=row.revisions + 1))


def _delete(
    conn: Connection, known: Mapping[PostKey, sa.Row[Any]], gone: Mapping[PostKey, datetime], now: datetime
) -> None:
    for key, at in gone.items():
        conn.execute(sa.update(posts).where(posts.c.id == known[key].id).values(deleted_at=at))
    bury(conn, {known[key].id: at for key, at in gone.items()}, now)
    lines = [
        _audit.Line(actor="machine", action="post deleted", subject=f"{known[key].brand}/post/{key}")
        for key in gone
        if known[key].direction == "outbound"
    ]
    _audit.append(conn, lines, now=now)


def _edits(brand: str, plan: _Sorted) -> list[_audit.Line]:
    return [
        _audit.Line(
            actor="machine",
            action="post edited",
            subject=f"{brand}/post/{post.key}",
            detail={"revision": plan.rows[post.key].revisions + 1, "sha256": _sha256(post.text)},
        )
        for post in plan.by[_Change.REVISED]
        if post.outbound
    ]


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _merge(parts: Sequence[Saved]) -> Saved:
    return Saved(
        new=tuple(key for part in parts for key in part.new),
        revised=tuple(key for part in parts for key in part.revised),
        deleted=tuple(key for part in parts for key in part.deleted),
        unchanged=sum(part.unchanged for part in parts),
    )


def _stream(platform: str, account: str, stream: str) -> sa.ColumnElement[bool]:
    here = streams.c
    return (here.platform == platform) & (here.account == account) & (here.stream == stream)


def _put_stream(
    conn: Connection,
    platform: str,
    account: str,
    stream: str,
    values: Mapping[str, Any],
    changed: Mapping[str, Any] | None = None,
) -> None:
    row = {"platform": platform, "account": account, "stream": stream, **values}
    statement = upsert(conn, streams).values(row)
    identity = ["platform", "account", "stream"]
    conn.execute(
        statement.on_conflict_do_update(index_elements=identity, set_=dict(changed or values)),
    )


def _put_charges(
    conn: Connection, platform: str, account: str, paid: Sequence[Charge], now: datetime
) -> None:
    day = now.date().isoformat()
    rows = [
        {
            "platform": platform,
            "resource": charge.resource,
            "id": charge.id,
            "day": day,
            "account": account,
            "micro_dollars": charge.micro_dollars,
        }
        for charge in paid
    ]
    if rows:
        conn.execute(upsert(conn, charges).on_conflict_do_nothing(), rows)


def _put_unchecked(conn: Connection, brand: str, notes: Sequence[Unchecked], now: datetime) -> None:
    rows = [_rows.unchecked_row(note, brand=brand, now=now) for note in notes]
    if rows:
        conn.execute(sa.insert(unchecked), rows)
