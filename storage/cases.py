"""What people settle: the queue, the steps they take, and what waits to be mailed at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from policies.model.cases import KINDS
from policies.model.cases.machinery import (
    CannotUndo,
    Case,
    CaseKind,
    IllegalTransition,
    Undo,
    WaitsFor,
)
from policies.model.people import Person
from policies.threads.asking import AtOnce
from storage import audit, examples, mapping
from storage.case_steps import case_line, take, take_back, waiting_for
from storage.case_views import case_of, events_of, views_of_cases
from storage.database import Mode, Part, upsert
from storage.errors import UnknownCase
from storage.raising import put_raised, raised
from storage.schema import case_events, cases, nonces, posts, verdicts
from storage.views import CaseView


class Cases(Part):
    """The queue."""

    def find(
        self,
        brand: str,
        *,
        kind: CaseKind | None = None,
        states: Collection[StrEnum] | None = None,
        waits_for: Collection[WaitsFor] | None = None,
        unsaid: bool = False,
        since: datetime | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> list[CaseView]:
        """Cases: the worst first, then the oldest. None asks for all kinds, states, or whomever they wait for.

        ``since``: only those on which something happened from then on, UTC. Questions to the owner wait for nobody in
        this sense, unless ``unsaid``.
        """
        query = sa.select(cases).where(*_of(brand, kind, states, waits_for, unsaid=unsaid))
        query = query if since is None else query.where(cases.c.updated_at >= since)
        worst = query.order_by(cases.c.rank.desc(), cases.c.opened_at, cases.c.id)
        with self._db.read() as conn:
            return views_of_cases(conn, conn.execute(worst.limit(limit).offset(offset)).all())

    def count(self, brand: str, kind: CaseKind) -> dict[StrEnum, int]:
        """How many cases of a kind stand in each of its states, with zeros."""
        counts = dict.fromkeys(kind.states, 0)
        query = sa.select(cases.c.state, sa.func.count().label("n")).group_by(cases.c.state)
        for row in self._db.rows(query.where(cases.c.brand == brand, cases.c.kind == kind.name)):
            counts[kind.states(row.state)] = row.n
        return counts

    def waiting(self, brand: str, kind: CaseKind | None = None) -> Counter[WaitsFor]:
        """How many cases of a kind, of all where None, wait for whom; one may be the turn of two.

        Without those by which nothing is said.
        """
        columns = (cases.c.kind, cases.c.state, cases.c.rank)
        query = sa.select(*columns, sa.func.count().label("n"))
        counts: Counter[WaitsFor] = Counter()
        for row in self._db.rows(query.where(*_of(brand, kind, None)).group_by(*columns)):
            known = KINDS[row.kind]
            state = known.states(row.state)
            if state not in known.unsaid:
                for whom in known.turns(state, mapping.severity_of(row.rank)):
                    counts[whom] += row.n
        return counts

    def get(self, brand: str, number: int) -> CaseView:
        """One case. Raises `UnknownCase`."""
        with self._db.read() as conn:
            return views_of_cases(conn, [_require(conn, brand, number)])[0]

    def act(
        self,
        brand: str,
        number: int,
        action: StrEnum,
        *,
        person: Person,
        note: str,
        now: datetime,
        once: str | None = None,
        remember: bool = False,
    ) -> Case:
        """Take a person's step; it is on disk when this returns. ``once``: the same nonce is one step.

        A nonce that was spent on another step takes no second one: that is no transition.

        ``remember``: the text is kept as an example of each rule that the verdict is about.

        Raises `UnknownCase`, and `IllegalTransition` where the step may not be taken.
        """
        with self._db.write(Mode.PROMISED) as conn:
            row = _require(conn, brand, number)
            if once is None or _first_time(conn, once, number, now):
                _act(conn, row, action, person, note, now, remember=remember)
                row = _require(conn, brand, number)
            elif not _spent_on(conn, once, row, (person.id, action.value, note)):
                raise IllegalTransition("this form was used for another step")
            return case_of(row, events_of(conn, [row]).get(number, ()))

    def undo(self, brand: str, number: int, *, person: Person, steps: int, now: datetime) -> Case:
        """Take back the person's last step, the one of this count; it is on disk when this returns.

        Asked a second time it changes nothing. Raises `UnknownCase`, and `CannotUndo` where it stays.
        """
        with self._db.write(Mode.PROMISED) as conn:
            row = _require(conn, brand, number)
            case = case_of(row, events_of(conn, [row]).get(number, ()))
            if not _is_undone(case, person, steps):
                if len(case.events) != steps:
                    raise CannotUndo(too_late=False)
                take_back(conn, case, person=person, now=now)
                row = _require(conn, brand, number)
            return case_of(row, events_of(conn, [row]).get(number, ()))


def _of(
    brand: str,
    kind: CaseKind | None,
    states: Collection[StrEnum] | None,
    waits_for: Collection[WaitsFor] | None = None,
    *,
    unsaid: bool = False,
) -> list[sa.ColumnElement[bool]]:
    here = [cases.c.brand == brand]
    if kind is not None:
        here.append(cases.c.kind == kind.name)
    if states is not None:
        here.append(cases.c.state.in_([state.value for state in states]))
    if waits_for is not None:
        here.append(waiting_for(*sorted(waits_for), unsaid=unsaid))
    return here


def _require(conn: Connection, brand: str, number: int) -> sa.Row[Any]:
    query = sa.select(cases).where(cases.c.id == number, cases.c.brand == brand)
    row = conn.execute(query).one_or_none()
    if row is None:
        raise UnknownCase(f"{brand!r} has no case {number}.")
    return row


def _first_time(conn: Connection, nonce: str, number: int, now: datetime) -> bool:
    row = {"nonce": nonce, "case_id": number, "at": now}
    return conn.execute(upsert(conn, nonces).values(row).on_conflict_do_nothing()).rowcount == 1


def _is_undone(case: Case, person: Person, steps: int) -> bool:
    """Whether this is the second half of a double click."""
    after = case.events[steps] if len(case.events) > steps else None
    return after is not None and (after.actor, after.action) == (person.id, Undo.UNDO)


def _spent_on(conn: Connection, nonce: str, row: sa.Row[Any], step: tuple[str, str, str]) -> bool:
    """Whether this nonce was spent on this very step of the case."""
    taken = sa.select(case_events.c.actor, case_events.c.action, case_events.c.note)
    taken = taken.join(
        nonces, (nonces.c.case_id == case_events.c.case_id) & (nonces.c.at == case_events.c.at)
    )
    here = (nonces.c.nonce == nonce) & (nonces.c.case_id == row.id)
    return step in {tuple(found) for found in conn.execute(taken.where(here))}


def _act(
    conn: Connection,
    row: sa.Row[Any],
    action: StrEnum,
    person: Person,
    note: str,
    now: datetime,
    *,
    remember: bool,
) -> None:
    kind = KINDS[row.kind]
    event, target = take(conn, row, action, actor=person.id, role=person.role, note=note, now=now)
    if action in kind.calls:
        put_raised(conn, [raised(row.brand, row.id, AtOnce.NOTICE, f"case/{row.id}/called/{event}", now)])
    detail: dict[str, Any] = {"note": note, "role": person.role.value, "from": row.state, "to": target.value}
    if action in kind.verdicts:
        verdict = _put_verdict(conn, row, event, action, person, now)
        wrong = action in kind.against_rule
        detail |= examples.follow_verdict(conn, row, verdict, wrong=wrong, remember=remember)
    audit.append(conn, [case_line(row.brand, row.id, person.id, action.value, detail)], now=now)


def _put_verdict(
    conn: Connection, row: sa.Row[Any], event_id: int, action: StrEnum, person: Person, now: datetime
) -> sa.Row[Any]:
    revision = conn.scalar(sa.select(posts.c.revision).where(posts.c.id == row.post_id))
    values = {
        "event_id": event_id,
        "case_id": row.id,
        "person": person.id,
        "verdict": action.value,
        "revision": revision or 0,
        "fingerprints": _decided_on(conn, row) if KINDS[row.kind].about_findings else [],
        "at": now,
    }
    return conn.execute(sa.insert(verdicts).values(values).returning(*verdicts.c)).one()


def _decided_on(conn: Connection, row: sa.Row[Any]) -> list[str]:
    """What the owner had before their eyes: of a question, what was asked; else all that stands."""
    (view,) = views_of_cases(conn, [row], whole=True)
    standing = [found for found in view.findings if found.gone_at is None]
    about = view.in_doubt if view.case.unsaid else standing
    return sorted(found.finding.fingerprint for found in about)
