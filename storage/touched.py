"""Threads in which something changed since their conversations were assessed: a list of work for the job ``watch``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from policies.model.keys import ThreadKey
from storage import mapping
from storage.database import upsert
from storage.schema import touched_threads

#: What was published longer ago is history, in which nobody waits any more.
LOOKS_BACK = timedelta(days=31)
Changed = tuple[str, ThreadKey, datetime]  #: of a post its brand, its thread, and when it was published


def touch(conn: Connection, changed: Iterable[Changed], now: datetime) -> None:
    """Note the threads in which something changed, to be assessed."""
    since = now - LOOKS_BACK
    recent = {(key, brand) for brand, key, published in changed if published >= since}
    rows = [
        {
            "platform": key.account.platform,
            "account": key.account.handle,
            "thread_id": key.thread_id,
            "brand": brand,
            "times": 1,
        }
        for key, brand in sorted(recent)
    ]
    if rows:
        again = {"times": touched_threads.c.times + 1}
        statement = upsert(conn, touched_threads)
        names = [column.name for column in touched_threads.primary_key]
        conn.execute(statement.on_conflict_do_update(index_elements=names, set_=again), rows)


def waiting(conn: Connection, brand: str, limit: int) -> dict[ThreadKey, int]:
    """Threads to be assessed, with how often they were touched."""
    query = sa.select(touched_threads).where(touched_threads.c.brand == brand)
    rows = conn.execute(query.order_by(*touched_threads.primary_key).limit(limit))
    return {mapping.thread_key(row): row.times for row in rows}


def done(conn: Connection, threads: Mapping[ThreadKey, int]) -> None:
    """Take threads off the list, save those that were touched again meanwhile."""
    here = sa.and_(
        *(touched_threads.c[name] == sa.bindparam(f"of_{name}") for name in ("platform", "account")),
        touched_threads.c.thread_id == sa.bindparam("of_thread"),
        touched_threads.c.times == sa.bindparam("of_times"),
    )
    rows = [
        {
            "of_platform": key.account.platform,
            "of_account": key.account.handle,
            "of_thread": key.thread_id,
            "of_times": times,
        }
        for key, times in threads.items()
    ]
    if rows:
        conn.execute(sa.delete(touched_threads).where(here), rows)
