"""Crises: the conversations that are part of one, their cases, and when it is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from policies.model.cases.conversation import ConversationState
from policies.model.finding import Severity
from policies.threads.asking import AtOnce
from storage.conversation_cases import attach_cases, raise_cases
from storage.raising import put_raised, raised
from storage.schema import alerts, cases, conversations

_Row = sa.Row[Any]
MANY = 10  #: a crisis that was told is told again when it has doubled, and has at least so many clients


def join(conn: Connection, brand: str, began: int, members: Sequence[int], now: datetime) -> bool:
    """Make conversations part of a crisis; whether it is to be told."""
    new = conversations.c.id.in_(members) & conversations.c.crisis_id.is_(None)
    if not conn.execute(sa.update(conversations).where(new).values(crisis_id=began)).rowcount:
        return False
    part = sa.select(conversations).where(conversations.c.crisis_id == began)
    rows = conn.execute(part.order_by(conversations.c.latest_at, conversations.c.id)).all()
    attach_cases(conn, brand, [(row, Severity.CRITICAL) for row in rows if row.case_id is None], now)
    rows = conn.execute(part.order_by(conversations.c.latest_at, conversations.c.id)).all()
    _make_urgent(conn, rows, now)
    told = _told(conn, began)
    again = not told or len(rows) >= max(2 * told, MANY)
    grave = any(row.grave for row in rows if row.id not in members)
    _forget(conn, rows, [AtOnce.REMINDER, *([AtOnce.ALERT] if again or grave else [])])
    if not again:
        return False
    case = rows[-1].case_id
    return put_raised(conn, [raised(brand, case, AtOnce.CRISIS, f"{_name(began)}{len(rows)}", now)]) > 0


def _make_urgent(conn: Connection, rows: Sequence[_Row], now: datetime) -> None:
    shown = {row.case_id: row.latest_id for row in rows}
    still = (cases.c.state == ConversationState.OPEN.value, cases.c.rank < Severity.CRITICAL.rank)
    low = conn.execute(sa.select(cases).where(cases.c.id.in_(list(shown)), *still)).all()
    raise_cases(conn, [(case, shown[case.id], Severity.CRITICAL) for case in low], now)


def _forget(conn: Connection, rows: Sequence[_Row], letters: Sequence[AtOnce]) -> None:
    """What waits to be told of its clients one by one is told together."""
    waiting = alerts.c.case_id.in_([row.case_id for row in rows]) & alerts.c.message_id.is_(None)
    conn.execute(sa.delete(alerts).where(waiting, alerts.c.letter.in_([one.value for one in letters])))


def _told(conn: Connection, began: int) -> int:
    """How many clients it had when it was last told; 0 where it never was."""
    names = conn.scalars(
        sa.select(alerts.c.fingerprint).where(alerts.c.fingerprint.startswith(_name(began), autoescape=True))
    )
    return max((int(name.rpartition("/")[2]) for name in names), default=0)


def _name(began: int) -> str:
    return f"crisis/{began}/"
