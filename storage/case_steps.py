"""Cases change here and nowhere else: they are opened, and steps are taken on them, in the caller's transaction.

No kind is named: what is allowed, and where it leads, says the kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from policies.model.cases import KINDS
from policies.model.cases.machinery import (
    Case,
    CaseKind,
    NewCase,
    Undo,
    WaitsFor,
    before_last_step,
    next_state,
    undone_step,
)
from policies.model.finding import Severity
from policies.model.people import Person, Role
from storage import audit
from storage.database import MACHINE, chunks, upsert
from storage.schema import case_events, cases


@cache
def waiting_for(*whom: WaitsFor, unsaid: bool = False) -> sa.ColumnElement[bool]:
    """Cases whose turn it is for any of these (`CaseKind.turns`); made once, as every list asks so.

    Without those by which nothing is said, unless ``unsaid``.
    """
    wanted = [
        sa.and_(cases.c.kind == kind.name, cases.c.state.in_(sorted(kind.states_for(*whom, unsaid=unsaid))))
        for kind in KINDS.values()
    ]
    if WaitsFor.OWNER in whom:
        urgent = cases.c.rank == Severity.CRITICAL.rank
        wanted += [
            sa.and_(urgent, cases.c.kind == kind.name, cases.c.state == kind.first.value)
            for kind in KINDS.values()
        ]
    return sa.or_(sa.false(), *wanted)


def cases_of(conn: Connection, kind: CaseKind, post_ids: Iterable[int]) -> list[sa.Row[Any]]:
    """The rows of the cases of a kind that these posts show."""
    query = sa.select(cases).where(cases.c.kind == kind.name).order_by(cases.c.id)
    return [
        row for chunk in chunks(post_ids) for row in conn.execute(query.where(cases.c.post_id.in_(chunk)))
    ]


def cases_numbered(conn: Connection, numbers: Iterable[int | None]) -> list[sa.Row[Any]]:
    """The rows of the cases with these numbers."""
    wanted = sorted({number for number in numbers if number is not None})
    query = sa.select(cases)
    return [row for chunk in chunks(wanted) for row in conn.execute(query.where(cases.c.id.in_(chunk)))]


def open_cases(
    conn: Connection, brand: str, new: Sequence[tuple[NewCase, int | None]], now: datetime
) -> list[sa.Row[Any]]:
    """Open what is not there yet, each with the number of the post that shows it; the rows that were made."""
    rows = [_case_row(brand, case, post_id, now) for case, post_id in new]
    if not rows:
        return []
    by_subject = {(case.kind.name, case.subject): case for case, _ in new}
    insert = upsert(conn, cases).on_conflict_do_nothing().returning(*cases.c)
    made = [(by_subject[row.kind, row.subject], row) for row in conn.execute(insert, rows).all()]
    lines = [
        case_line(
            brand,
            row.id,
            MACHINE,
            "opened" if case.state is None else case.state.value,
            {"kind": case.kind.name, "subject": case.subject, "severity": case.severity.value},
        )
        for case, row in made
    ]
    audit.append(conn, lines, now=now)
    return [row for _, row in made]


def _case_row(brand: str, case: NewCase, post_id: int | None, now: datetime) -> dict[str, Any]:
    first = case.state or case.kind.first
    return {
        "brand": brand,
        "kind": case.kind.name,
        "subject": case.subject,
        "post_id": post_id,
        "state": first.value,
        "rank": case.severity.rank,
        "opened_at": now,
        "updated_at": now,
        "due_at": case.kind.due_at(first, now),
    }


def take(
    conn: Connection,
    row: sa.Row[Any],
    action: StrEnum,
    *,
    actor: str,
    role: Role | None,
    note: str,
    now: datetime,
) -> tuple[int, StrEnum]:
    """Take one step on a case; the number of the event and the new state. The caller writes the audit log.

    Raises `IllegalTransition`.
    """
    kind = KINDS[row.kind]
    target = next_state(kind, kind.states(row.state), action, role)
    closed = kind.waits_for[target] is WaitsFor.NOBODY
    values = {
        "state": target.value,
        "closed_by": action.value if closed else None,
        "updated_at": now,
        "due_at": kind.due_at(target, now),
    }
    conn.execute(sa.update(cases).where(cases.c.id == row.id).values(values))
    event = {
        "case_id": row.id,
        "at": now,
        "actor": actor,
        "action": action.value,
        "note": note,
        "leads_to": target.value,
    }
    number = conn.execute(sa.insert(case_events).values(event).returning(case_events.c.id)).scalar_one()
    return number, target


def take_back(conn: Connection, case: Case, *, person: Person, now: datetime) -> None:
    """Take a person's last step back: the case stands as before, and both steps stay in its history.

    Raises `CannotUndo`.
    """
    undone, before = undone_step(case, person.id, now=now), before_last_step(case)
    closed_by = before.closed_by.value if before.closed_by else None
    values = {"state": before.state.value, "closed_by": closed_by, "updated_at": now, "due_at": before.due_at}
    conn.execute(sa.update(cases).where(cases.c.id == case.id).values(values))
    event = {"at": now, "actor": person.id, "action": Undo.UNDO.value, "note": ""}
    step = {"case_id": case.id, "leads_to": before.state.value} | event
    conn.execute(sa.insert(case_events).values(step))
    detail = {"undone": undone.action.value, "role": person.role.value}
    detail |= {"from": case.state.value, "to": before.state.value}
    audit.append(conn, [case_line(case.brand, case.id, person.id, Undo.UNDO.value, detail)], now=now)


def take_all(conn: Connection, rows: Sequence[sa.Row[Any]], action: StrEnum, now: datetime) -> list[int]:
    """Take one of the machine's steps on cases; their numbers."""
    lines = []
    for row in rows:
        _, target = take(conn, row, action, actor=MACHINE, role=None, note="", now=now)
        detail = {"from": row.state, "to": target.value}
        lines.append(case_line(row.brand, row.id, MACHINE, action.value, detail))
    audit.append(conn, lines, now=now)
    return [row.id for row in rows]


def case_line(brand: str, number: int, actor: str, action: str, detail: Mapping[str, Any]) -> audit.Line:
    """A line of the audit log about a case."""
    return audit.Line(actor=actor, action=f"case {action}", subject=f"{brand}/case/{number}", detail=detail)
