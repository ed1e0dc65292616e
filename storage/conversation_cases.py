"""What assessed conversations make of their cases, and of what the owner hears at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from policies.model.cases.conversation import CONVERSATION, ConversationAction, ConversationState
from policies.model.cases.machinery import NewCase
from policies.model.finding import Severity
from policies.model.keys import ThreadKey
from policies.threads.asking import Asking, KnownCase, asking
from storage import audit, mapping
from storage.case_steps import case_line, cases_numbered, open_cases, take_all
from storage.conversation_rows import Rows
from storage.conversation_views import AssessedConversation, KeptConversations
from storage.database import MACHINE
from storage.raising import put_raised, raised
from storage.schema import cases, conversations

_BY_MACHINE = frozenset({None, ConversationAction.SETTLED.value})  # what closed a case that nobody decided


@dataclass(slots=True, kw_only=True)
class _Plan:
    one: AssessedConversation
    row: sa.Row[Any]  #: of the conversation
    case: sa.Row[Any] | None  #: of its case, None before it is opened
    asks: Asking


def follow(
    conn: Connection, brand: str, assessed: Sequence[AssessedConversation], rows: Rows, now: datetime
) -> tuple[KeptConversations, frozenset[ThreadKey]]:
    """Open, raise and close cases; and the threads on whose cases somebody took a step meanwhile."""
    known = {case.id: case for case in cases_numbered(conn, (row.case_id for row in rows.values()))}
    plans, moved_on = [], set()
    for one in assessed:
        row = rows[one.whole.thread, one.whole.asker]
        case = known.get(row.case_id)
        if case is not None and case.state != ConversationState.OPEN and case.updated_at != one.stepped_at:
            moved_on.add(one.whole.thread)
            continue
        asks = asking(one.whole, _asked(case), now=now, fresh=one.fresh)
        plans.append(_Plan(one=one, row=row, case=case, asks=asks))
    opened = _open(conn, brand, plans, now)
    reopened = _step(conn, plans, ConversationAction.SAID_MORE, now)
    _step(conn, plans, ConversationAction.ASK_HOW, now)
    settled = _step(conn, plans, ConversationAction.SETTLED, now)
    _raise(conn, plans, now)
    told = _tell(conn, brand, plans, now)
    return KeptConversations(opened=(*opened, *reopened), settled=tuple(settled), told=told), frozenset(
        moved_on
    )


def subject_of(thread: ThreadKey, asker: str) -> str:
    """What a case about a client is about."""
    return f"{thread}/{asker}"


def attach_cases(
    conn: Connection, brand: str, missing: Sequence[tuple[sa.Row[Any], Severity]], now: datetime
) -> Mapping[int, sa.Row[Any]]:
    """Open a case for each of these conversations; the cases by the number of the conversation."""
    new = [
        (
            NewCase(
                kind=CONVERSATION, subject=subject_of(mapping.thread_key(row), row.asker), severity=severity
            ),
            row.latest_id,
        )
        for row, severity in missing
    ]
    made = {case.subject: case for case in open_cases(conn, brand, new, now)}
    cases_by_row = {row.id: made[case.subject] for (row, _), (case, _) in zip(missing, new, strict=True)}
    here = sa.update(conversations).where(conversations.c.id == sa.bindparam("of"))
    if cases_by_row:
        named = [{"of": number, "case": case.id} for number, case in cases_by_row.items()]
        conn.execute(here.values(case_id=sa.bindparam("case")), named)
    return cases_by_row


def _asked(case: sa.Row[Any] | None) -> KnownCase | None:
    if case is None:
        return None
    return KnownCase(
        state=ConversationState(case.state),
        severity=mapping.severity_of(case.rank),
        by_machine=case.state == ConversationState.CLOSED and case.closed_by in _BY_MACHINE,
    )


def _open(conn: Connection, brand: str, plans: Sequence[_Plan], now: datetime) -> list[int]:
    new = [(plan.row, plan.asks.severity) for plan in plans if plan.asks.opens and plan.asks.severity]
    made = attach_cases(conn, brand, new, now)
    for plan in plans:
        plan.case = made.get(plan.row.id, plan.case)
    return [case.id for case in made.values()]


def _step(conn: Connection, plans: Iterable[_Plan], action: ConversationAction, now: datetime) -> list[int]:
    return take_all(
        conn, [plan.case for plan in plans if plan.case is not None and plan.asks.step is action], action, now
    )


def _raise(conn: Connection, plans: Iterable[_Plan], now: datetime) -> None:
    """A case that is raised or opened again shows the newest message."""
    changed = [
        (plan.case, plan.row.latest_id, plan.asks.severity)
        for plan in plans
        if plan.case is not None and plan.asks.severity and not plan.asks.opens
    ]
    raise_cases(conn, changed, now)


def raise_cases(
    conn: Connection, changed: Sequence[tuple[sa.Row[Any], int, Severity]], now: datetime
) -> None:
    """Give cases another severity, and the post that shows it now."""
    rows = [{"of": case.id, "severity": severity.rank, "shown": shown} for case, shown, severity in changed]
    lines = [
        case_line(case.brand, case.id, MACHINE, "raised", {"severity": severity.value})
        for case, _, severity in changed
    ]
    if rows:
        values: dict[str, Any] = {"rank": sa.bindparam("severity"), "post_id": sa.bindparam("shown")}
        conn.execute(sa.update(cases).where(cases.c.id == sa.bindparam("of")).values(values), rows)
        audit.append(conn, lines, now=now)


def _tell(conn: Connection, brand: str, plans: Iterable[_Plan], now: datetime) -> int:
    told = [
        raised(
            brand,
            plan.case.id,
            plan.asks.tells,
            f"case/{plan.case.id}/{plan.asks.severity}/{plan.one.whole.latest.key}",
            now,
        )
        for plan in plans
        if plan.case is not None and plan.asks.tells
    ]
    return put_raised(conn, told)
