"""Which posts deserve a later look: edits, deletions, and whether a claimed fix is real."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from policies.model.cases.flagged import FLAGGED, FlaggedState
from policies.model.keys import AccountKey, PostKey
from storage import mapping
from storage.database import Mode, Part, chunks
from storage.schema import cases, posts
from storage.views import StoredPost


class Looks(Part):
    """Second looks that are due, and those that were taken."""

    def done(self, keys: Sequence[PostKey], *, now: datetime) -> None:
        """Note a later look at each of these posts."""
        with self._db.write(Mode.PULLED) as conn:
            ids = [row.id for row in mapping.find_posts(conn, set(keys), ()).values()]
            for chunk in chunks(ids):
                conn.execute(sa.update(posts).where(posts.c.id.in_(chunk)).values(looked_at=now))

    def grown_to(
        self, brand: str, account: AccountKey, *, age: timedelta, now: datetime, limit: int
    ) -> list[StoredPost]:
        """Posts that have reached an age and were not seen since; the oldest first."""
        reached = _micro(posts.c.created_at) + (age // timedelta(microseconds=1))
        unseen = (_micro(posts.c.first_seen_at) < reached) & (
            posts.c.looked_at.is_(None) | (_micro(posts.c.looked_at) < reached)
        )
        return self._standing(brand, account, posts.c.created_at <= now - age, unseen, limit=limit)

    def first_seen_since(
        self,
        brand: str,
        account: AccountKey,
        *,
        since: datetime,
        created_before: datetime,
        limit: int,
    ) -> list[StoredPost]:
        """Posts that we first saw since then and never looked at again; the oldest first."""
        fresh = (posts.c.first_seen_at >= since, posts.c.created_at < created_before)
        return self._standing(brand, account, *fresh, posts.c.looked_at.is_(None), limit=limit)

    def claimed_fixes(self, brand: str, account: AccountKey, *, limit: int) -> list[StoredPost]:
        """Posts that the agency says are fixed, and at which nobody has looked since."""
        claimed = (
            sa.exists()
            .where(
                cases.c.post_id == posts.c.id,
                cases.c.kind == FLAGGED.name,
                cases.c.state == FlaggedState.FIX_CLAIMED.value,
            )
            .where(posts.c.looked_at.is_(None) | (posts.c.looked_at < cases.c.updated_at))
        )
        return self._standing(brand, account, claimed, limit=limit)

    def _standing(
        self, brand: str, account: AccountKey, *which: sa.ColumnElement[bool], limit: int
    ) -> list[StoredPost]:
        of = (posts.c.brand == brand, mapping.of_account(account))
        query = mapping.select_posts().where(*of, posts.c.deleted_at.is_(None), *which)
        return [mapping.stored(row) for row in self._db.rows(query.order_by(posts.c.created_at).limit(limit))]


def _micro(column: sa.Column[datetime]) -> sa.ColumnElement[int]:
    """A time as the number that is stored: microseconds since 1970."""
    return sa.type_coerce(column, sa.BigInteger)
