"""Cases with all that belongs to them: what they are about, their history, and how their posts changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from policies.model.cases import KINDS
from policies.model.cases.conversation import CONVERSATION
from policies.model.cases.machinery import Case, CaseEvent
from policies.model.post import Post
from policies.questions import told
from policies.served import is_withdrawn
from storage import mapping
from storage.conversation_rows import of_cases
from storage.database import chunks
from storage.schema import case_events, findings, posts
from storage.told import revisions_of
from storage.views import CaseView, FoundAt


def views_of_cases(conn: Connection, rows: Sequence[sa.Row[Any]], *, whole: bool = False) -> list[CaseView]:
    """The cases with all that belongs to them, in as many queries for 50 as for one.

    ``whole``: findings quote also what is withdrawn, as the store knows them; such views are shown to nobody.
    """
    post_ids = sorted({row.post_id for row in rows if row.post_id})
    about = {
        row.id: mapping.post(row) for row in _chunked(conn, mapping.select_posts(), posts.c.id, post_ids)
    }
    events, history = events_of(conn, rows), revisions_of(conn, about)
    found = _findings(conn, about, whole=whole)
    clients = of_cases(conn, [row.id for row in rows if row.kind == CONVERSATION.name])
    return [
        CaseView(
            case=case_of(row, events.get(row.id, ())),
            post=about.get(row.post_id),
            findings=_told(row, found.get(row.post_id, ())) if KINDS[row.kind].about_findings else (),
            revisions=tuple(history.get(row.post_id, ())),
            conversation=clients.get(row.id),
        )
        for row in rows
    ]


def _told(row: sa.Row[Any], found: Sequence[FoundAt]) -> tuple[FoundAt, ...]:
    """What a case is about: beside what is sure, what is merely likely says nothing."""
    if row.state in KINDS[row.kind].unsaid:
        return tuple(found)
    about = told(one.finding for one in found)
    return tuple(one for one in found if one.finding in about)


def case_of(row: sa.Row[Any], events: Iterable[CaseEvent]) -> Case:
    kind = KINDS[row.kind]
    return Case(
        id=row.id,
        brand=row.brand,
        kind=kind,
        subject=row.subject,
        state=kind.states(row.state),
        severity=mapping.severity_of(row.rank),
        opened_at=row.opened_at,
        updated_at=row.updated_at,
        due_at=row.due_at,
        events=tuple(events),
    )


def _chunked(
    conn: Connection, query: sa.Select[Any], column: sa.ColumnElement[int], ids: Sequence[int]
) -> list[sa.Row[Any]]:
    return [row for chunk in chunks(ids) for row in conn.execute(query.where(column.in_(chunk)))]


def events_of(conn: Connection, rows: Sequence[sa.Row[Any]]) -> dict[int, list[CaseEvent]]:
    events: dict[int, list[CaseEvent]] = {}
    kinds = {row.id: KINDS[row.kind] for row in rows}
    query = sa.select(case_events).order_by(case_events.c.id)
    for row in _chunked(conn, query, case_events.c.case_id, list(kinds)):
        kind = kinds[row.case_id]
        event = CaseEvent(
            at=row.at,
            actor=row.actor,
            action=kind.action(row.action),
            note=row.note,
            leads_to=kind.states(row.leads_to),
        )
        events.setdefault(row.case_id, []).append(event)
    return events


def _findings(conn: Connection, about: dict[int, Post], *, whole: bool) -> dict[int, list[FoundAt]]:
    """Without rules on trial, the worst first."""
    known: dict[int, list[FoundAt]] = {}
    query = sa.select(findings.c.post_id, *mapping.FOUND).where(findings.c.shadow.is_(sa.false()))
    worst = query.order_by(findings.c.rank.desc(), findings.c.id)
    for row in _chunked(conn, worst, findings.c.post_id, list(about)):
        one = mapping.found(row, about[row.post_id].key)
        known.setdefault(row.post_id, []).append(one if whole else _quoting(one, about[row.post_id]))
    return known


def _quoting(found: FoundAt, post: Post) -> FoundAt:
    """What was found; of words that are withdrawn it quotes none."""
    if not is_withdrawn(post):
        return found
    bare = replace(found.finding, message=found.finding.title, matched="", spans=())
    return replace(found, finding=bare)
