"""What owners decided, as it bears on the rules."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from policies.model.cases.flagged import FlaggedAction
from policies.model.cases.machinery import Undo
from storage.database import Part, chunks
from storage.schema import case_events, cases, findings, verdicts


def standing(of: sa.FromClause) -> sa.ColumnElement[bool]:
    """Verdicts of this table that were not taken back: an undo is the step right behind."""
    behind = sa.and_(case_events.c.case_id == of.c.case_id, case_events.c.id > of.c.event_id)
    step = sa.select(case_events.c.action).where(behind).order_by(case_events.c.id).limit(1)
    return sa.func.coalesce(step.correlate(of).scalar_subquery(), "") != Undo.UNDO.value


class Verdicts(Part):
    """Whether the findings that people decided on were right."""

    def on_rules(
        self, brand: str, *, since: datetime | None = None, until: datetime | None = None
    ) -> list[tuple[str, bool]]:
        """(rule id, whether it was right) for each finding that somebody decided on; the last verdict counts.

        A verdict is about all findings that stood in the post when it was given. Given with ``since`` (UTC, included)
        or ``until`` (UTC, not included), only findings whose last verdict lies in between.
        """
        about = sa.select(verdicts.c.fingerprints, verdicts.c.verdict, verdicts.c.at).join_from(
            verdicts, cases
        )
        query = about.where(cases.c.brand == brand, standing(verdicts)).order_by(verdicts.c.id)
        with self._db.read() as conn:
            last = {name: row for row in conn.execute(query) for name in row.fingerprints}
            within = {
                name: row.verdict != FlaggedAction.FALSE_ALARM
                for name, row in last.items()
                if (since is None or since <= row.at) and (until is None or row.at < until)
            }
            found = []
            for chunk in chunks(list(within)):
                rules = sa.select(findings.c.fingerprint, findings.c.rule)
                rows = conn.execute(rules.where(findings.c.fingerprint.in_(chunk)).order_by(findings.c.id))
                found += [(row.rule, within[row.fingerprint]) for row in rows]
        return found
