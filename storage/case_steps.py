"""What the machine does to cases: opens, reopens and closes them, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from policies.model.case import Action, CaseState, next_state
from storage import audit
from storage.database import MACHINE, chunks
from storage.schema import case_events, cases, findings


def close_deleted(conn: Connection, gone: Mapping[int, datetime], now: datetime) -> list[int]:
    """Close what deleted posts leave behind: findings go at that time, open cases close. Numbers closed."""
    for post_id, at in gone.items():
        open_ = (findings.c.post_id == post_id) & findings.c.gone_at.is_(None)
        conn.execute(sa.update(findings).where(open_).values(gone_at=at))
    rows = [row for row in cases_of(conn, gone) if row.state != CaseState.CLOSED]
    return step(conn, rows, Action.FIX_SEEN, now)


def cases_of(conn: Connection, post_ids: Mapping[int, Any] | Sequence[int]) -> list[sa.Row[Any]]:
    """The rows of the cases about these posts."""
    query = sa.select(cases)
    return [
        row
        for chunk in chunks(post_ids)
        for row in conn.execute(query.where(cases.c.post_id.in_(chunk)).order_by(cases.c.id))
    ]


def step(conn: Connection, rows: Sequence[sa.Row[Any]], action: Action, now: datetime) -> list[int]:
    """Take one of the machine's steps on cases; their numbers."""
    events, lines = [], []
    for row in rows:
        target = next_state(CaseState(row.state), action, None)
        closed_by = action.value if target is CaseState.CLOSED else None
        values = {"state": target.value, "closed_by": closed_by, "updated_at": now}
        conn.execute(sa.update(cases).where(cases.c.id == row.id).values(values))
        events.append(event_row(row.id, MACHINE, action, "", target, now))
        lines.append(
            case_line(row.brand, row.id, MACHINE, action.value, {"from": row.state, "to": target.value})
        )
    if events:
        conn.execute(sa.insert(case_events), events)
    audit.append(conn, lines, now=now)
    return [row.id for row in rows]


def event_row(
    number: int, actor: str, action: Action, note: str, target: CaseState, now: datetime
) -> dict[str, Any]:
    """One step in the history of a case, as kept."""
    return {
        "case_id": number,
        "at": now,
        "actor": actor,
        "action": action.value,
        "note": note,
        "leads_to": target.value,
    }


def case_line(brand: str, number: int, actor: str, action: str, detail: Mapping[str, Any]) -> audit.Line:
    """A line of the audit log about a case."""
    return audit.Line(actor=actor, action=f"case {action}", subject=f"{brand}/case/{number}", detail=detail)
