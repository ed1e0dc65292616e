"""What people must hear at once and have not, and who is part of a crisis."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from policies.model.cases.machinery import WaitsFor
from policies.threads.asking import AtOnce
from storage.case_steps import cases_numbered, waiting_for
from storage.case_views import views_of_cases
from storage.conversation_views import Untold
from storage.database import Part
from storage.schema import alerts, cases, conversations, findings
from storage.views import CaseView


class News(Part):
    """What waits to be told."""

    def untold(self, brand: str) -> list[Untold]:
        """Open cases of which the owner must hear at once and has not, by letter, the oldest first."""
        columns = (alerts.c.letter, alerts.c.case_id, alerts.c.fingerprint, alerts.c.raised_at)
        query = sa.select(*columns).join(cases, cases.c.id == alerts.c.case_id)
        query = query.outerjoin(findings, findings.c.fingerprint == alerts.c.fingerprint)
        waiting = (alerts.c.brand == brand, alerts.c.message_id.is_(None), findings.c.gone_at.is_(None))
        still = ~waiting_for(WaitsFor.NOBODY)
        with self._db.read() as conn:
            causes: dict[tuple[str, int], list[Any]] = {}
            for row in conn.execute(query.where(*waiting, still).order_by(cases.c.id, alerts.c.raised_at)):
                causes.setdefault((row.letter, row.case_id), []).append(row)
            known = cases_numbered(conn, (case for _, case in causes))
            views = {view.case.id: view for view in views_of_cases(conn, known)}
        return [
            Untold(
                letter=AtOnce(letter),
                view=views[case],
                fingerprints=tuple(row.fingerprint for row in rows),
                raised_at=rows[0].raised_at,
            )
            for (letter, case), rows in causes.items()
        ]

    def of_crisis(self, brand: str, began: int) -> list[CaseView]:
        """The cases of the clients who are part of a crisis, whoever wrote last first."""
        part = sa.select(cases).join(conversations, conversations.c.case_id == cases.c.id)
        here = part.where(cases.c.brand == brand, conversations.c.crisis_id == began)
        newest = here.order_by(conversations.c.latest_at.desc(), conversations.c.id.desc())
        with self._db.read() as conn:
            return views_of_cases(conn, conn.execute(newest).all())
