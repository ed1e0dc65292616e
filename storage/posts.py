"""Posts: saved page by page with their history, found again, and read as conversations."""

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

from policies.model.cases.flagged import FLAGGED, FlaggedAction
from policies.model.coverage import Unchecked
from policies.model.keys import AccountKey, PostKey, StreamKey, ThreadKey
from policies.model.moments import dated
from policies.model.post import Direction, Post
from policies.model.thread import Thread
from storage import audit, mapping
from storage.brands import claim_account
from storage.case_steps import cases_of, take_all
from storage.database import Mode, Part, chunks, require_brand, waves
from storage.errors import AccountTaken
from storage.schema import findings, posts, revisions, unchecked
from storage.streams import put_charges, put_stream
from storage.touched import touch
from storage.views import Charge, Saved, StoredPost

_KNOWN = (
    *(posts.c[name] for name in ("brand", "revision", "revisions", "deleted_at", "direction")),
    *(posts.c[name] for name in ("thread_id", "created_at")),
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


class Posts(Part):
    """What was published, in every revision that we saw."""

    def save(
        self,
        brand: str,
        stream: StreamKey,
        page: Sequence[Post],
        *,
        cursor: Mapping[str, Any] | None,
        now: datetime,
        charges: Sequence[Charge] = (),
        unchecked: Sequence[Unchecked] = (),
    ) -> Saved:
        """Keep a page with the cursor behind it, all or nothing. A cursor of None leaves the old one.

        Changed text or media is a new revision; a deletion is noted and the text kept. Times that cannot be are kept
        as they were told, and what counts is ``now``.
        Raises `UnknownBrand`, `AccountTaken`.
        """
        with self._db.write(Mode.PULLED) as conn:
            require_brand(conn, brand)
            for account in sorted({stream.account, *(post.key.account_key for post in page)}):
                claim_account(conn, brand, account)
            sane = [dated(post, now) for post in page]
            saved = [_save(conn, brand, wave, now) for wave in waves(sane, attrgetter("key"))]
            put_charges(conn, stream.account, charges, now)
            _put_unchecked(conn, brand, unchecked, now)
            if cursor is not None:
                put_stream(conn, stream, {"cursor": dict(cursor)})
        return _merge(saved)

    def mark_deleted(self, keys: Sequence[PostKey], *, now: datetime) -> int:
        """Note that posts are gone from the platform; how many we did not know to be gone.

        Their findings are gone with them, and their cases close as fixed.
        """
        with self._db.write(Mode.PULLED) as conn:
            rows = mapping.find_posts(conn, set(keys), _KNOWN)
            gone = {key: now for key, row in rows.items() if row.deleted_at is None}
            _delete(conn, rows, gone, now)
        return len(gone)

    def known(self, account: AccountKey, external_ids: Iterable[str]) -> set[str]:
        """Which of these posts of an account we hold."""
        platform, handle = account.platform, account.handle
        keys = [PostKey(platform=platform, account=handle, external_id=one) for one in external_ids]
        with self._db.read() as conn:
            return {key.external_id for key in mapping.find_posts(conn, keys, ())}

    def get(self, key: PostKey) -> StoredPost | None:
        """One post as we remember it, None where we do not know it."""
        here = mapping.of_account(key.account_key) & (posts.c.external_id == key.external_id)
        rows = self._db.rows(mapping.select_posts().where(here))
        return mapping.stored(rows[0]) if rows else None

    def thread(self, key: ThreadKey) -> Thread | None:
        """A conversation as far as we know it, None where we know nothing of it."""
        return self.threads([key]).get(key)

    def threads(self, keys: Iterable[ThreadKey]) -> dict[ThreadKey, Thread]:
        """Conversations as far as we know them, without those of which we know nothing."""
        said: dict[ThreadKey, list[Post]] = {}
        query = mapping.select_posts().order_by(posts.c.created_at, posts.c.external_id)
        with self._db.read() as conn:
            for account, ids in mapping.by_account(keys).items():
                for chunk in chunks(ids):
                    here = mapping.of_account(account) & posts.c.thread_id.in_(chunk)
                    for post in map(mapping.post, conn.execute(query.where(here))):
                        said.setdefault(post.thread_key, []).append(post)
        return {key: Thread(thread_id=key.thread_id, posts=tuple(found)) for key, found in said.items()}

    def history(self, account: AccountKey, *, since: datetime, until: datetime) -> list[Post]:
        """What an account published from ``since`` to ``until`` (UTC, both included), and the last post before.

        Oldest first.
        """
        at, any_post = posts.c.created_at, posts.alias()
        of_brand = sa.select(any_post.c.brand).where(  # the index on time begins with the brand
            any_post.c.platform == account.platform, any_post.c.account == account.handle
        )
        published = mapping.select_posts().where(
            mapping.of_account(account),
            posts.c.brand == of_brand.limit(1).scalar_subquery(),
            posts.c.direction == Direction.OUTBOUND.value,
        )
        inside = published.where(at.between(since, until)).order_by(at, posts.c.external_id)
        before = published.where(at < since).order_by(at.desc(), posts.c.external_id.desc()).limit(1)
        with self._db.read() as conn:
            return [mapping.post(row) for query in (before, inside) for row in conn.execute(query)]

    def unjudged(self, brand: str, *, limit: int) -> list[StoredPost]:
        """Posts whose newest revision nobody has judged, the oldest first.

        A new version of the policies does not judge old posts by itself.
        """
        waiting = posts.c.judged_revision < posts.c.revision
        query = mapping.select_posts().where(posts.c.brand == brand, waiting)
        rows = self._db.rows(query.order_by(posts.c.created_at).limit(limit))
        return [mapping.stored(row) for row in rows]

    def search(self, brand: str, words: str, *, limit: int = 50) -> list[Post]:
        """Posts of a brand in which all the words once stood, also in texts since edited; the best match first."""
        if not any(character.isalnum() for character in words):
            return []
        with self._db.read() as conn:
            best = self._db.backend.matching(conn, brand, words, limit)
            found: dict[int, Post] = {}
            for chunk in chunks(best):
                rows = conn.execute(mapping.select_posts().where(posts.c.id.in_(chunk)))
                found.update({row.id: mapping.post(row) for row in rows})
        return [found[number] for number in best]


def _save(conn: Connection, brand: str, page: list[Post], now: datetime) -> Saved:
    known = mapping.find_posts(conn, [post.key for post in page], _KNOWN)
    sorted_page = _Sorted(rows=known)
    for post in page:
        sorted_page.by[_change(post, known.get(post.key), brand)].append(post)
    _insert(conn, brand, sorted_page.by[_Change.NEW], now)
    _revise(conn, known, sorted_page.by[_Change.REVISED], now)
    _add_history(conn, known, sorted_page.by[_Change.OLDER], now)
    gone = {post.key: post.deleted_at for post in sorted_page.by[_Change.DELETED] if post.deleted_at}
    _delete(conn, known, gone, now)
    changed = sorted_page.by[_Change.NEW] + sorted_page.by[_Change.REVISED]
    touch(conn, [(brand, post.thread_key, post.created_at) for post in changed], now)
    audit.append(conn, _edits(brand, sorted_page), now=now)
    return sorted_page.saved()


def _change(post: Post, row: sa.Row[Any] | None, brand: str) -> _Change:
    if row is None:
        return _Change.NEW
    if row.brand != brand:
        raise AccountTaken(f"{post.key} belongs to the brand {row.brand!r}.")
    if post.deleted_at is not None:  # what a platform serves of a deleted post is not its text
        return _Change.SAME if row.deleted_at else _Change.DELETED
    if (post.text, mapping.media_json(post)) == (row.text, row.media):
        return _Change.SAME
    if row.edited_at is not None and (post.edited_at is None or post.edited_at < row.edited_at):
        return _Change.OLDER
    return _Change.REVISED


def _insert(conn: Connection, brand: str, new: list[Post], now: datetime) -> None:
    if not new:
        return
    identity = (posts.c.id, posts.c.platform, posts.c.account, posts.c.external_id)
    rows = [mapping.post_row(post, brand=brand, now=now) for post in new]
    ids = {mapping.key(row): row.id for row in conn.execute(sa.insert(posts).returning(*identity), rows)}
    first = [mapping.revision_row(post, post_id=ids[post.key], number=1, now=now) for post in new]
    conn.execute(sa.insert(revisions), first)


def _revise(
    conn: Connection, known: Mapping[PostKey, sa.Row[Any]], revised: list[Post], now: datetime
) -> None:
    for post in revised:
        row = known[post.key]
        number = row.revisions + 1
        conn.execute(sa.insert(revisions), mapping.revision_row(post, post_id=row.id, number=number, now=now))
        newest = sa.update(posts).where(posts.c.id == row.id)
        conn.execute(newest.values(revision=number, revisions=number))


def _add_history(
    conn: Connection, known: Mapping[PostKey, sa.Row[Any]], older: list[Post], now: datetime
) -> None:
    for post in older:
        row = known[post.key]
        seen = sa.select(revisions.c.id).where(revisions.c.post_id == row.id, revisions.c.text == post.text)
        if conn.execute(seen).first() is None:
            values = mapping.revision_row(post, post_id=row.id, number=row.revisions + 1, now=now)
            conn.execute(sa.insert(revisions), values)
            conn.execute(sa.update(posts).where(posts.c.id == row.id).values(revisions=row.revisions + 1))


def _delete(
    conn: Connection, known: Mapping[PostKey, sa.Row[Any]], gone: Mapping[PostKey, datetime], now: datetime
) -> None:
    for key, at in gone.items():
        conn.execute(sa.update(posts).where(posts.c.id == known[key].id).values(deleted_at=at))
    _close_deleted(conn, {known[key].id: at for key, at in gone.items()}, now)
    rows = [known[key] for key in gone]
    touch(conn, [(row.brand, mapping.thread_key(row), row.created_at) for row in rows], now)
    lines = [
        audit.Line(actor="machine", action="post deleted", subject=f"{known[key].brand}/post/{key}")
        for key in gone
        if known[key].direction == "outbound"
    ]
    audit.append(conn, lines, now=now)


def _close_deleted(conn: Connection, gone: Mapping[int, datetime], now: datetime) -> None:
    """Findings go with their post at that time, and open cases about it close."""
    for post_id, at in gone.items():
        standing = (findings.c.post_id == post_id) & findings.c.gone_at.is_(None)
        conn.execute(sa.update(findings).where(standing).values(gone_at=at))
    rows = cases_of(conn, FLAGGED, gone)
    for action in (
        FlaggedAction.FIX_SEEN,
        FlaggedAction.WITHDRAW,
    ):  # what was said is mended, what was not is gone
        sources = FLAGGED.steps[action].sources
        take_all(conn, [row for row in rows if row.state in sources], action, now)


def _edits(brand: str, sorted_page: _Sorted) -> list[audit.Line]:
    return [
        audit.Line(
            actor="machine",
            action="post edited",
            subject=f"{brand}/post/{post.key}",
            detail={"revision": sorted_page.rows[post.key].revisions + 1, "sha256": _sha256(post.text)},
        )
        for post in sorted_page.by[_Change.REVISED]
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


def _put_unchecked(conn: Connection, brand: str, notes: Sequence[Unchecked], now: datetime) -> None:
    rows = [mapping.unchecked_row(note, brand=brand, now=now) for note in notes]
    if rows:
        conn.execute(sa.insert(unchecked), rows)
