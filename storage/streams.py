"""How the pulling of each stream goes: where it resumes, its health, and what it cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from policies.model.keys import AccountKey, StreamKey
from storage.columns import instant
from storage.database import Mode, Part, chunks, upsert
from storage.schema import accounts, charges, streams
from storage.views import Charge, Spent, StreamHealth


class Streams(Part):
    """What is pulled separately, each with its own cursor."""

    def cursor(self, stream: StreamKey) -> Mapping[str, Any] | None:
        """Where the next pull resumes, None for a first one."""
        with self._db.read() as conn:
            return conn.scalar(sa.select(streams.c.cursor).where(_here(stream)))

    def ended(
        self,
        stream: StreamKey,
        *,
        now: datetime,
        error: str | None = None,
        code: str = "",
        parts: Mapping[str, str | int] = MappingProxyType({}),
    ) -> None:
        """Note how a pull ended; ``error`` None: the stream reached its end.

        ``error`` is for whoever runs the service; ``code`` and ``parts`` say it to the brand's people.
        """
        told = {"code": code, "parts": dict(parts)}
        values: dict[str, Any] = {"complete_at": now, "failing_since": None, "error": None, **told}
        if error is not None:
            values = {
                "failing_since": sa.func.coalesce(streams.c.failing_since, instant(now)),
                "error": error,
                **told,
            }
        with self._db.write(Mode.PULLED) as conn:
            first = {**values, "failing_since": None if error is None else now}
            put_stream(conn, stream, first, values)

    def health(self, brand: str) -> list[StreamHealth]:
        """Each stream of the brand's accounts, sorted."""
        names = ("platform", "account", "stream", "complete_at", "failing_since", "error", "code", "parts")
        mine = (accounts.c.platform == streams.c.platform) & (accounts.c.handle == streams.c.account)
        query = sa.select(*(streams.c[name] for name in names)).join(accounts, mine)
        identity = (streams.c[name] for name in names[:3])
        return [
            StreamHealth(
                stream=StreamKey(
                    account=AccountKey(platform=row.platform, handle=row.account), stream=row.stream
                ),
                complete_at=row.complete_at,
                failing_since=row.failing_since,
                error=row.error,
                code=row.code,
                parts=row.parts,
            )
            for row in self._db.rows(query.where(accounts.c.brand == brand).order_by(*identity))
        ]

    def spent(self, account: AccountKey, month: str) -> Spent:
        """What an account cost in a UTC month, ``2026-11``."""
        total = sa.func.coalesce(sa.func.sum(charges.c.micro_dollars), 0).label("total")
        of = (charges.c.platform == account.platform, charges.c.account == account.handle)
        within = (charges.c.day >= month, charges.c.day < f"{month}-99")
        row = self._db.rows(sa.select(total, sa.func.count().label("n")).where(*of, *within))[0]
        return Spent(
            account=account,
            month=month,
            micro_dollars=int(row.total),
            reads=row.n,
        )

    def charged_today(self, platform: str, resource: str, ids: Iterable[str], *, now: datetime) -> set[str]:
        """Which of these were charged on this UTC day already: reading them again costs nothing."""
        charged: set[str] = set()
        of = (charges.c.platform == platform, charges.c.resource == resource)
        today = charges.c.day == now.date().isoformat()
        with self._db.read() as conn:
            for chunk in chunks(set(ids)):
                charged.update(
                    conn.scalars(sa.select(charges.c.id).where(*of, today, charges.c.id.in_(chunk)))
                )
        return charged


def _here(stream: StreamKey) -> sa.ColumnElement[bool]:
    here = streams.c
    of = (here.platform == stream.account.platform) & (here.account == stream.account.handle)
    return of & (here.stream == stream.stream)


def put_stream(
    conn: Connection, stream: StreamKey, values: Mapping[str, Any], changed: Mapping[str, Any] | None = None
) -> None:
    """Keep values of a stream, in the caller's transaction; ``changed``: those where it is known already."""
    account = stream.account
    identity = {"platform": account.platform, "account": account.handle, "stream": stream.stream}
    statement = upsert(conn, streams).values({**identity, **values})
    conn.execute(
        statement.on_conflict_do_update(index_elements=list(identity), set_=dict(changed or values)),
    )


def put_charges(conn: Connection, account: AccountKey, paid: Sequence[Charge], now: datetime) -> None:
    """Keep what a platform charged, once for each resource and UTC day, in the caller's transaction."""
    day = now.date().isoformat()
    rows = [
        {
            "platform": account.platform,
            "resource": charge.resource,
            "id": charge.id,
            "day": day,
            "account": account.handle,
            "micro_dollars": charge.micro_dollars,
        }
        for charge in paid
    ]
    if rows:
        conn.execute(upsert(conn, charges).on_conflict_do_nothing(), rows)
