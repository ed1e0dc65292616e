"""What the digest needs of a period. Periods include their start and not their end."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from policies.model.cases.flagged import FLAGGED
from policies.model.cases.machinery import WaitsFor
from policies.model.coverage import Unchecked, Why
from policies.model.finding import Severity
from policies.model.keys import AccountKey, PostKey, ThreadKey
from policies.model.post import Direction
from policies.model.thread import Thread
from policies.scoring import Reading
from storage import mapping
from storage.case_steps import waiting_for
from storage.database import Part, chunks
from storage.schema import cases, findings, judgements, posts, unchecked
from storage.views import DayCount, FoundAt, PeriodCounts, Published, StoredPost, ThreadView

_DAY = 86_400_000_000  # microseconds
_IDENTITY: tuple[sa.ColumnElement[Any], ...] = (
    posts.c.id,
    posts.c.platform,
    posts.c.account,
    posts.c.external_id,
)
_OUTBOUND = posts.c.direction == Direction.OUTBOUND.value
#: a finding that is sure, or that the owner has said yes to: what is merely likely counts nowhere
_SAID = ~findings.c.question | sa.and_(
    findings.c.rank >= mapping.BREACH,
    sa.exists().where(
        cases.c.post_id == findings.c.post_id,
        cases.c.kind == FLAGGED.name,
        cases.c.state.not_in(sorted(FLAGGED.unsaid)),
    ),
)


class Periods(Part):
    """Posts, findings and conversations of a period."""

    def counts(self, brand: str, *, since: datetime, until: datetime) -> PeriodCounts:
        """A period in numbers, by time of publication; cases by the time they were closed."""
        listed = (findings.c.post_id == posts.c.id) & (findings.c.rank >= Severity.WARN.rank)
        flagged = _OUTBOUND & sa.exists().where(listed, ~findings.c.shadow, _SAID)
        columns = [
            sa.func.coalesce(sa.func.sum(sa.case((w, 1), else_=0)), 0)
            for w in (_OUTBOUND, ~_OUTBOUND, flagged)
        ]
        published = sa.select(*columns).where(*_published(brand, since, until))
        closed = (
            waiting_for(WaitsFor.NOBODY),
            cases.c.updated_at >= since,
            cases.c.updated_at < until,
        )
        done = sa.select(sa.func.count()).select_from(cases).where(cases.c.brand == brand, *closed)
        with self._db.read() as conn:
            row, count = tuple(conn.execute(published).one()), conn.scalar(done)
        return PeriodCounts(outbound=row[0], inbound=row[1], flagged=row[2], closed=count or 0)

    def days(self, brand: str, *, since: datetime, until: datetime) -> list[DayCount]:
        """Counts by UTC day of publication, oldest first; days without posts are left out."""
        day = (sa.type_coerce(posts.c.created_at, sa.BigInteger) // _DAY).label("day")
        outbound = sa.func.sum(sa.case((_OUTBOUND, 1), else_=0)).label("outbound")
        period = _published(brand, since, until)
        said = sa.select(day, outbound, sa.func.count().label("posts")).where(*period).group_by(day)
        flagged = sa.select(day, sa.func.count().label("n")).select_from(findings.join(posts))
        flagged = flagged.where(*period, ~findings.c.shadow, _SAID).group_by(day)
        with self._db.read() as conn:
            found = {row.day: row.n for row in conn.execute(flagged)}
            rows = conn.execute(said.order_by(day)).all()
        return [
            DayCount(
                day=date.fromordinal(date(1970, 1, 1).toordinal() + row.day),
                outbound=row.outbound,
                inbound=row.posts - row.outbound,
                findings=found.get(row.day, 0),
            )
            for row in rows
        ]

    def found_by_rule(self, brand: str, *, since: datetime, until: datetime) -> tuple[int, dict[str, int]]:
        """How many posts went out as the brand, and in how many each rule found something at warn or above."""
        period = (*_published(brand, since, until), _OUTBOUND)
        number = sa.func.count(sa.distinct(findings.c.post_id)).label("n")
        found = sa.select(findings.c.rule, number).select_from(findings.join(posts))
        grave = (findings.c.rank >= Severity.WARN.rank, ~findings.c.shadow, _SAID)
        found = found.where(*period, *grave).group_by(findings.c.rule)
        with self._db.read() as conn:
            total = conn.scalar(sa.select(sa.func.count()).select_from(posts).where(*period)) or 0
            return total, {row.rule: row.n for row in conn.execute(found)}

    def published(self, brand: str, *, since: datetime, until: datetime) -> list[Published]:
        """What went out as the brand, oldest first, each with whether it has a finding at warn or above."""
        listed = (findings.c.post_id == posts.c.id) & (findings.c.rank >= Severity.WARN.rank)
        flagged = sa.exists().where(listed, ~findings.c.shadow, _SAID).label("flagged")
        query = mapping.select_posts(flagged).where(*_published(brand, since, until), _OUTBOUND)
        rows = self._db.rows(query.order_by(posts.c.created_at, posts.c.external_id))
        return [Published(post=mapping.post(row), flagged=bool(row.flagged)) for row in rows]

    def sample(
        self,
        brand: str,
        *,
        since: datetime,
        until: datetime,
        n: int,
        seed: int | str,
        without: Collection[PostKey] = (),
    ) -> list[StoredPost]:
        """Outbound posts that still stand and have no finding, picked by the seed, oldest first."""
        flagged = sa.exists().where(findings.c.post_id == posts.c.id, ~findings.c.shadow)
        query = sa.select(*_IDENTITY).where(*_published(brand, since, until), _OUTBOUND, ~flagged)
        standing = query.where(posts.c.deleted_at.is_(None)).order_by(posts.c.id)
        with self._db.read() as conn:
            ids = [row.id for row in conn.execute(standing) if mapping.key(row) not in without]
            picked = random.Random(seed).sample(ids, min(n, len(ids)))
            chosen = mapping.select_posts().where(posts.c.id.in_(picked))
            return [mapping.stored(row) for row in conn.execute(chosen.order_by(posts.c.created_at))]

    def threads(self, brand: str, *, since: datetime, until: datetime, limit: int = 200) -> list[ThreadView]:
        """Whole conversations in which something was published in the period, the latest first."""
        identity = (posts.c.platform, posts.c.account, posts.c.thread_id)
        latest = sa.func.max(posts.c.created_at).label("latest")
        active = sa.select(*identity, latest).where(*_published(brand, since, until)).group_by(*identity)
        top = active.order_by(latest.desc(), *identity).limit(limit).subquery()
        same = sa.and_(*(posts.c[column.name] == top.c[column.name] for column in identity))
        query = mapping.select_posts(top.c.latest).join(top, same)
        order = (top.c.latest.desc(), *identity, posts.c.created_at, posts.c.external_id)
        with self._db.read() as conn:
            rows = conn.execute(query.order_by(*order)).all()
            return _threads(rows, _readings(conn, rows))

    def findings(
        self,
        brand: str,
        *,
        since: datetime,
        until: datetime,
        at_least: Severity,
        limit: int,
        shadow: bool = False,
    ) -> list[tuple[FoundAt, StoredPost]]:
        """Findings made in the period, the worst first, then the oldest; ``shadow``: of rules on trial."""
        query = mapping.select_posts(*mapping.FOUND).join(findings, findings.c.post_id == posts.c.id)
        query = query.where(*_found(brand, since, until, at_least, shadow=shadow))
        worst = query.order_by(findings.c.rank.desc(), findings.c.found_at, findings.c.id).limit(limit)
        return [(mapping.found(row, mapping.key(row)), mapping.stored(row)) for row in self._db.rows(worst)]

    def count_findings(
        self, brand: str, *, since: datetime, until: datetime, at_least: Severity, shadow: bool = False
    ) -> int:
        """How many `findings` knows without a limit."""
        query = sa.select(sa.func.count()).select_from(findings)
        query = query.where(*_found(brand, since, until, at_least, shadow=shadow))
        return int(self._db.rows(query)[0][0])

    def unchecked(self, brand: str, *, since: datetime, until: datetime) -> list[Unchecked]:
        """What was noted in the period as not checked: the same said twice is one line with the sum."""
        names = ("why", "platform", "account", "code", "parts", "detail")
        same = tuple(unchecked.c[name] for name in names)
        ends = (
            sa.func.min(unchecked.c.since).label("since"),
            sa.func.max(unchecked.c.until).label("until"),
            sa.func.sum(unchecked.c.count).label("count"),
        )
        noted = (unchecked.c.noted_at >= since, unchecked.c.noted_at < until)
        query = sa.select(*same, *ends).where(unchecked.c.brand == brand, *noted).group_by(*same)
        rows = self._db.dicts(query.order_by(sa.func.min(unchecked.c.id)))
        return [Unchecked(**{**row, "why": Why(row["why"])}) for row in rows]


def _published(brand: str, since: datetime, until: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (posts.c.brand == brand, posts.c.created_at >= since, posts.c.created_at < until)


def _found(
    brand: str, since: datetime, until: datetime, at_least: Severity, *, shadow: bool
) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        findings.c.brand == brand,
        findings.c.found_at >= since,
        findings.c.found_at < until,
        findings.c.rank >= at_least.rank,
        findings.c.shadow.is_(sa.true() if shadow else sa.false()),
        _SAID,
    )


def _readings(conn: Connection, rows: Sequence[sa.Row[Any]]) -> dict[int, Reading]:
    """What was read in the newest revision of these posts, by their number; the last judgement counts."""
    query = sa.select(judgements.c.post_id, judgements.c.reading).join(
        posts, (posts.c.id == judgements.c.post_id) & (posts.c.revision == judgements.c.revision)
    )
    found: dict[int, Reading] = {}
    for chunk in chunks(row.id for row in rows):
        read = query.where(judgements.c.post_id.in_(chunk), judgements.c.reading.is_not(None))
        for row in conn.execute(read.order_by(judgements.c.id)):
            found[row.post_id] = mapping.reading(row.reading)
    return found


def _threads(rows: Sequence[sa.Row[Any]], readings: dict[int, Reading]) -> list[ThreadView]:
    together: dict[ThreadKey, list[sa.Row[Any]]] = {}
    for row in rows:
        account = AccountKey(platform=row.platform, handle=row.account)
        together.setdefault(ThreadKey(account=account, thread_id=row.thread_id), []).append(row)
    return [
        ThreadView(
            key=key,
            thread=Thread(thread_id=key.thread_id, posts=tuple(mapping.post(row) for row in said)),
            readings=_by_key(said, readings),
        )
        for key, said in together.items()
    ]


def _by_key(said: Sequence[sa.Row[Any]], readings: dict[int, Reading]) -> dict[PostKey, Reading]:
    return {mapping.key(row): readings[row.id] for row in said if row.id in readings}
