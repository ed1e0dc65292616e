"""Which posts deserve a later look: edits, deletions, and whether a claimed fix is real."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from policies.model.cases.flagged import FLAGGED, FlaggedAction, FlaggedState
from policies.model.keys import AccountKey, PostKey
from policies.model.post import Direction, Post
from storage import mapping
from storage.case_steps import take_all
from storage.database import Mode, Part, chunks, upsert
from storage.schema import cases, posts, revisions, state
from storage.views import StoredPost, Watched

_OPEN = FLAGGED.steps[FlaggedAction.FIX_SEEN].sources | {FlaggedState.ASKED}
_ASKED = "look:"  #: begins the state keys of posts that somebody asked about


class Looks(Part):
    """Second looks that are due, and those that were taken."""

    def done(self, keys: Sequence[PostKey], *, now: datetime) -> None:
        """Note a later look at each of these posts."""
        with self._db.write(Mode.PULLED) as conn:
            ids = [row.id for row in mapping.find_posts(conn, set(keys), ()).values()]
            for chunk in chunks(ids):
                conn.execute(sa.update(posts).where(posts.c.id.in_(chunk)).values(looked_at=now))
            for chunk in chunks(f"{_ASKED}{key}" for key in keys):
                conn.execute(sa.delete(state).where(state.c.key.in_(chunk)))

    def grown_to(
        self,
        brand: str,
        account: AccountKey,
        *,
        age: timedelta,
        now: datetime,
        limit: int,
        own: bool = False,
    ) -> list[StoredPost]:
        """Posts that have reached an age and were not seen since; the oldest first. ``own``: the brand's alone."""
        reached = _micro(posts.c.created_at) + (age // timedelta(microseconds=1))
        unseen = (_micro(posts.c.first_seen_at) < reached) & (
            posts.c.looked_at.is_(None) | (_micro(posts.c.looked_at) < reached)
        )
        whose = (posts.c.direction == Direction.OUTBOUND.value,) if own else ()
        return self._standing(brand, account, posts.c.created_at <= now - age, unseen, *whose, limit=limit)

    def first_seen_since(
        self,
        brand: str,
        account: AccountKey,
        *,
        since: datetime,
        created_before: datetime,
        unseen_since: datetime,
        limit: int,
    ) -> list[StoredPost]:
        """Posts that we first saw since then and have not looked at since ``unseen_since``; the oldest first."""
        fresh = (posts.c.first_seen_at >= since, posts.c.created_at < created_before)
        unseen = posts.c.looked_at.is_(None) | (posts.c.looked_at < unseen_since)
        return self._standing(brand, account, *fresh, unseen, limit=limit)

    def watched(self, brand: str, number: int) -> Watched | None:
        """The post of one open case, with how its fix is watched for; None where none is."""
        found = self._watched(posts.c.brand == brand, cases.c.id == number)
        return found[0] if found else None

    def is_asked(self, key: PostKey) -> bool:
        """Whether somebody wants to know how a post stands, and nobody has looked since."""
        return bool(self._db.rows(sa.select(state.c.key).where(state.c.key == f"{_ASKED}{key}")))

    def flagged(self, brand: str, account: AccountKey, *, limit: int) -> list[Watched]:
        """Posts with an open case, each with its case: a fix may show on any of them. The newest case first."""
        return self._watched(posts.c.brand == brand, mapping.of_account(account), limit=limit)

    def _watched(self, *which: sa.ColumnElement[bool], limit: int = 1) -> list[Watched]:
        about = sa.and_(
            cases.c.post_id == posts.c.id,
            cases.c.kind == FLAGGED.name,
            cases.c.state.in_(sorted(_OPEN)),
        )
        columns = (cases.c.id.label("case"), cases.c.state, cases.c.updated_at, posts.c.looked_at)
        query = mapping.select_posts(*columns).join(cases, about).where(*which, posts.c.deleted_at.is_(None))
        newest = query.order_by(cases.c.updated_at.desc(), cases.c.id).limit(limit)
        return [
            Watched(
                stored=mapping.stored(row),
                case=row.case,
                claimed=row.state == FlaggedState.FIX_CLAIMED.value,
                since=row.updated_at,
                looked_at=row.looked_at,
            )
            for row in self._db.rows(newest)
        ]

    def still_there(self, numbers: Collection[int], *, now: datetime) -> list[int]:
        """Note that what was said to be fixed stands as it was; the cases that still claimed it."""
        claimed = (cases.c.id.in_(sorted(numbers)), cases.c.state == FlaggedState.FIX_CLAIMED.value)
        with self._db.write(Mode.PROMISED) as conn:
            rows = conn.execute(sa.select(cases).where(*claimed).order_by(cases.c.id)).all()
            return take_all(conn, rows, FlaggedAction.STILL_THERE, now)

    def ask(self, key: PostKey, *, now: datetime) -> None:
        """Note that somebody wants to know how a post stands now."""
        with self._db.write(Mode.PROMISED) as conn:
            row = {"key": f"{_ASKED}{key}", "value": now.isoformat()}
            conn.execute(upsert(conn, state).values(row).on_conflict_do_nothing())

    def asked(self, brand: str, account: AccountKey, *, limit: int) -> list[StoredPost]:
        """Posts of which somebody wants to know how they stand now; the oldest first."""
        wanted = sa.exists().where(state.c.key == sa.literal(f"{_ASKED}{account}/") + posts.c.external_id)
        return self._standing(brand, account, wanted, limit=limit)

    def orphans(
        self,
        brand: str,
        account: AccountKey,
        *,
        since: datetime,
        own: bool,
        without: Collection[str],
        limit: int,
    ) -> list[Post]:
        """Standing posts since then that answer what we never saw, the newest first. ``own``: the brand's alone.

        ``without``: ids of what is answered that are let be.
        """
        other, version = posts.alias(), revisions.alias()
        same = (other.c.platform == posts.c.platform, other.c.account == posts.c.account)
        seen = sa.exists().where(*same, other.c.external_id == posts.c.parent_id)
        edited = sa.exists().where(
            *same, version.c.post_id == other.c.id, version.c.version_id == posts.c.parent_id
        )
        query = mapping.select_posts().where(
            posts.c.brand == brand,
            mapping.of_account(account),
            posts.c.created_at >= since,
            posts.c.deleted_at.is_(None),
            posts.c.parent_id.is_not(None),
            ~seen,
            ~edited,
            *((posts.c.direction == Direction.OUTBOUND.value,) if own else ()),
        )
        rows = self._db.rows(query.order_by(posts.c.created_at.desc()).limit(limit + len(without)))
        return [post for post in map(mapping.post, rows) if post.parent_id not in without][:limit]

    def _standing(
        self, brand: str, account: AccountKey, *which: sa.ColumnElement[bool], limit: int
    ) -> list[StoredPost]:
        of = (posts.c.brand == brand, mapping.of_account(account))
        query = mapping.select_posts().where(*of, posts.c.deleted_at.is_(None), *which)
        return [mapping.stored(row) for row in self._db.rows(query.order_by(posts.c.created_at).limit(limit))]


def _micro(column: sa.Column[datetime]) -> sa.ColumnElement[int]:
    """A time as the number that is stored: microseconds since 1970."""
    return sa.type_coerce(column, sa.BigInteger)
