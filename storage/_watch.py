"""How the pulling goes: health, money, and which posts deserve a later look."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from policies.model.case import CaseState
from policies.model.finding import Severity
from policies.model.post import Direction
from storage import _rows
from storage._base import Base, Mode, chunks
from storage.schema import accounts, cases, charges, findings, posts, streams
from storage.views import PeriodCounts, Spent, StoredPost, StreamHealth


class Watch(Base):
    """The state of accounts."""

    def health(self, brand: str) -> list[StreamHealth]:
        """Each stream of the brand's accounts, sorted."""
        names = ("platform", "account", "stream", "complete_at", "failing_since", "error")
        mine = (accounts.c.platform == streams.c.platform) & (accounts.c.handle == streams.c.account)
        query = sa.select(*(streams.c[name] for name in names)).join(accounts, mine)
        identity = (streams.c[name] for name in names[:3])
        rows = self._dicts(query.where(accounts.c.brand == brand).order_by(*identity))
        return [StreamHealth(**row) for row in rows]

    def spent(self, platform: str, account: str, month: str) -> Spent:
        """What an account cost in a UTC month, ``2026-11``."""
        total = sa.func.coalesce(sa.func.sum(charges.c.micro_dollars), 0).label("total")
        of = (charges.c.platform == platform, charges.c.account == account)
        within = (charges.c.day >= month, charges.c.day < f"{month}-99")
        row = self._rows(sa.select(total, sa.func.count().label("n")).where(*of, *within))[0]
        return Spent(
            platform=platform, account=account, month=month, micro_dollars=int(row.total), reads=row.n
        )

    def charged_today(self, platform: str, resource: str, ids: Iterable[str], *, now: datetime) -> set[str]:
        """Which of these were charged on this UTC day already: reading them again costs nothing."""
        charged: set[str] = set()
        of = (charges.c.platform == platform, charges.c.resource == resource)
        today = charges.c.day == now.date().isoformat()
        with self._transaction(Mode.READ) as conn:
            for chunk in chunks(set(ids)):
                charged.update(
                    conn.scalars(sa.select(charges.c.id).where(*of, today, charges.c.id.in_(chunk)))
                )
        return charged

    def grown_to(
        self, brand: str, platform: str, account: str, *, age: timedelta, now: datetime, limit: int
    ) -> list[StoredPost]:
        """Posts that have reached an age and were not seen since; the oldest first."""
        reached = _micro(posts.c.created_at) + (age // timedelta(microseconds=1))
        unseen = (_micro(posts.c.first_seen_at) < reached) & (
            posts.c.looked_at.is_(None) | (_micro(posts.c.looked_at) < reached)
        )
        return self._standing(brand, platform, account, posts.c.created_at <= now - age, unseen, limit=limit)

    def first_seen_since(
        self,
        brand: str,
        platform: str,
        account: str,
        *,
        since: datetime,
        created_before: datetime,
        limit: int,
    ) -> list[StoredPost]:
        """Posts that we first saw since then and never looked at again; the oldest first."""
        fresh = (posts.c.first_seen_at >= since, posts.c.created_at < created_before)
        return self._standing(brand, platform, account, *fresh, posts.c.looked_at.is_(None), limit=limit)

    def claimed_fixes(self, brand: str, platform: str, account: str, *, limit: int) -> list[StoredPost]:
        """Posts that the agency says are fixed, and at which nobody has looked since."""
        claimed = (
            sa.exists()
            .where(cases.c.post_id == posts.c.id, cases.c.state == CaseState.FIX_CLAIMED.value)
            .where(posts.c.looked_at.is_(None) | (posts.c.looked_at < cases.c.updated_at))
        )
        return self._standing(brand, platform, account, claimed, limit=limit)

    def _standing(
        self, brand: str, platform: str, account: str, *which: sa.ColumnElement[bool], limit: int
    ) -> list[StoredPost]:
        of = (posts.c.brand == brand, posts.c.platform == platform, posts.c.account == account)
        query = _rows.select_posts().where(*of, posts.c.deleted_at.is_(None), *which)
        return [_rows.stored(row) for row in self._rows(query.order_by(posts.c.created_at).limit(limit))]

    def period_counts(self, brand: str, *, since: datetime, until: datetime) -> PeriodCounts:
        """A period in numbers, by time of publication; cases by the time they were closed."""
        published = (posts.c.brand == brand, posts.c.created_at >= since, posts.c.created_at < until)
        outbound = posts.c.direction == Direction.OUTBOUND.value
        listed = (findings.c.post_id == posts.c.id) & (findings.c.rank >= Severity.WARN.rank)
        flagged = outbound & sa.exists().where(listed, ~findings.c.shadow)
        columns = [
            sa.func.coalesce(sa.func.sum(sa.case((w, 1), else_=0)), 0) for w in (outbound, ~outbound, flagged)
        ]
        row = tuple(self._rows(sa.select(*columns).where(*published))[0])
        closed = (
            cases.c.state == CaseState.CLOSED.value,
            cases.c.updated_at >= since,
            cases.c.updated_at < until,
        )
        settled = sa.select(sa.func.count()).select_from(cases).where(cases.c.brand == brand, *closed)
        return PeriodCounts(
            outbound=row[0], inbound=row[1], flagged=row[2], settled=int(self._rows(settled)[0][0])
        )


def _micro(column: sa.Column[datetime]) -> sa.ColumnElement[int]:
    """A time as the number that is stored: microseconds since 1970."""
    return sa.type_coerce(column, sa.BigInteger)
