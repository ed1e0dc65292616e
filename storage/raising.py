"""What is to be told at once is raised in the transaction of what caused it; `storage.news` has what waits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from policies.threads.asking import AtOnce
from storage.database import upsert
from storage.schema import alerts


def raised(brand: str, case: int, letter: AtOnce, fingerprint: str, now: datetime) -> dict[str, Any]:
    """Something that is to be told at once, as kept."""
    return {
        "fingerprint": fingerprint,
        "letter": letter.value,
        "brand": brand,
        "case_id": case,
        "raised_at": now,
    }


def put_raised(conn: Connection, rows: list[dict[str, Any]]) -> int:
    """Keep what is to be told at once; how much of it is new."""
    if not rows:
        return 0
    statement = upsert(conn, alerts).on_conflict_do_nothing().returning(alerts.c.fingerprint)
    return len(conn.execute(statement, rows).all())
