"""What owners decided, as it bears on the rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from policies.model.cases.flagged import FLAGGED
from policies.model.cases.machinery import Undo
from storage.database import Part, chunks
from storage.schema import case_events, cases, findings, verdicts


def standing(of: sa.FromClause) -> sa.ColumnElement[bool]:
    """Verdicts of this table that were not taken back: an undo is the step right behind."""
    behind = sa.and_(case_events.c.case_id == of.c.case_id, case_events.c.id > of.c.event_id)
    step = sa.select(case_events.c.action).where(behind).order_by(case_events.c.id).limit(1)
    return sa.func.coalesce(step.correlate(of).scalar_subquery(), "") != Undo.UNDO.value


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedFinding:
    """A finding with what somebody said of it."""

    rule: str
    score: float | None  #: probability or measure behind the finding
    matched: str  #: its words
    right: bool
    question: bool  #: it was asked, and nobody was told that the rule is broken
    at: datetime  #: UTC of the verdict


class Verdicts(Part):
    """Whether the findings that people decided on were right."""

    def on_rules(
        self, brand: str, *, since: datetime | None = None, until: datetime | None = None
    ) -> list[tuple[str, bool]]:
        """(rule id, whether it was right) for each finding that somebody decided on, without questions to the owner.

        The last verdict counts, and is about all findings that stood in the post when it was given. Given with
        ``since`` (UTC, included) or ``until`` (UTC, not included), only findings whose last verdict lies in between.
        """
        found = self.on_findings(brand, since=since, until=until)
        return [(one.rule, one.right) for one in found if not one.question]

    def on_findings(
        self, brand: str, *, since: datetime | None = None, until: datetime | None = None
    ) -> list[DecidedFinding]:
        """Each finding that somebody decided on, with what they said last; the same time as of `on_rules`."""
        about = sa.select(verdicts.c.fingerprints, verdicts.c.verdict, verdicts.c.at).join_from(
            verdicts, cases
        )
        query = about.where(cases.c.brand == brand, standing(verdicts)).order_by(verdicts.c.id)
        with self._db.read() as conn:
            last = {name: row for row in conn.execute(query) for name in row.fingerprints}
            within = {
                name: row
                for name, row in last.items()
                if (since is None or since <= row.at) and (until is None or row.at < until)
            }
            found = []
            for chunk in chunks(list(within)):
                names = ("fingerprint", "rule", "score", "matched", "question")
                columns = [findings.c[name] for name in names]
                here = sa.select(*columns).where(findings.c.fingerprint.in_(chunk)).order_by(findings.c.id)
                found += [_decided(row, within[row.fingerprint]) for row in conn.execute(here)]
        return found


def _decided(finding: sa.Row[*tuple[Any, ...]], verdict: sa.Row[*tuple[Any, ...]]) -> DecidedFinding:
    return DecidedFinding(
        rule=finding.rule,
        score=finding.score,
        matched=finding.matched,
        right=verdict.verdict not in FLAGGED.against_rule,
        question=finding.question,
        at=verdict.at,
    )
