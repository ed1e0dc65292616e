"""Examples that the owner wants remembered: kept with the verdict, and what goes into the brand's file."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from policies.model.cases import KINDS
from policies.model.post import Post
from storage import audit, mapping
from storage.database import Mode, Part
from storage.errors import UnknownExample
from storage.schema import cases, examples, findings, posts, verdicts
from storage.verdicts import standing

if (
    TYPE_CHECKING
):  # with an example come all kinds of rules, which are slow to import; most of a store's work needs none
    from policies.learned import Lesson


class Examples(Part):
    """What the rules learn from."""

    def find(self, brand: str) -> list[Lesson]:
        """All examples of a brand, the oldest first."""
        from policies.learned import Lesson
        from policies.rules import TestCase

        found = (examples.c.rule, examples.c.sort, examples.c.shown, verdicts.c.case_id)
        query = sa.select(*found, verdicts.c.at, verdicts.c.person).join_from(examples, verdicts).join(cases)
        return [
            Lesson(
                rule=row.rule,
                sort=row.sort,
                case=row.case_id,
                decided_at=row.at,
                decided_by=row.person,
                example=TestCase.model_validate(row.shown),
            )
            for row in self._db.rows(query.where(cases.c.brand == brand, _in_force()).order_by(examples.c.id))
        ]

    def drop(self, brand: str, case: int, *, rule: str | None = None, actor: str, now: datetime) -> int:
        """Forget the examples of a case, or those of one rule among them; how many. Raises `UnknownExample`."""
        query = sa.select(examples.c.id, examples.c.rule).join_from(examples, verdicts).join(cases)
        query = query.where(cases.c.brand == brand, cases.c.id == case)
        query = query if rule is None else query.where(examples.c.rule == rule)
        with self._db.write(Mode.PROMISED) as conn:
            rows = conn.execute(query).all()  # those that wait for an undo go too
            gone = conn.execute(query.where(_in_force())).all()
            if not gone:
                of = f" of the rule {rule!r}" if rule else ""
                raise UnknownExample(
                    f"{brand!r} has no example{of} from case {case}.",
                    mend="`oversight policy learned` lists them.",
                )
            conn.execute(sa.delete(examples).where(examples.c.id.in_([row.id for row in rows])))
            detail = {"rules": sorted({row.rule for row in gone})}
            line = audit.Line(
                actor=actor, action="example dropped", subject=f"{brand}/case/{case}", detail=detail
            )
            audit.append(conn, [line], now=now)
        return len(gone)


def _in_force(before: int | None = None) -> sa.ColumnElement[bool]:
    """Examples of verdicts that stand, without those that a later one contradicts about the same text.

    ``before``: how it was before the verdict of this number.
    """
    later = verdicts.alias()
    wrong = sorted(action for kind in KINDS.values() for action in kind.against_rule)
    contradicts = later.c.verdict.in_(wrong) != (examples.c.sort == "ok")
    same_text = (later.c.case_id == verdicts.c.case_id, later.c.revision == verdicts.c.revision)
    known = later.c.id < before if before else sa.true()
    overruled = sa.exists().where(*same_text, later.c.id > verdicts.c.id, known, contradicts, standing(later))
    own = verdicts.c.id < before if before else sa.true()
    return sa.and_(own, standing(verdicts), ~overruled)


def follow_verdict(
    conn: Connection, case: sa.Row[Any], verdict: sa.Row[Any], *, wrong: bool, remember: bool
) -> dict[str, list[str]]:
    """What a verdict does to examples of the text it is about; for the audit log, empty where nothing.

    Those that said the opposite fall away, and where ``remember`` says so, each rule that stands gets one.
    """
    sort = "ok" if wrong else "flag"
    same = (verdicts.c.case_id == case.id, verdicts.c.revision == verdict.revision)
    before = sa.select(examples.c.rule).join_from(examples, verdicts).where(*same, _in_force(verdict.id))
    changes = {"forgotten": sorted(conn.scalars(before.where(examples.c.sort != sort)))}
    if remember:
        known = set(conn.scalars(before.where(examples.c.sort == sort)))
        changes["remembered"] = _keep(conn, case, verdict, sort, known)
    return {name: rules for name, rules in changes.items() if rules}


def _keep(
    conn: Connection, case: sa.Row[Any], verdict: sa.Row[Any], sort: str, known: Collection[str]
) -> list[str]:
    from policies.learned import fits, shown

    row = conn.execute(mapping.select_posts().where(posts.c.id == case.post_id)).one_or_none()
    about = mapping.post(row) if row else None
    if about is None or not fits(about):
        return []
    rules = sa.select(findings.c.rule).where(findings.c.fingerprint.in_(verdict.fingerprints)).distinct()
    new = sorted(set(conn.scalars(rules)) - set(known))
    example = shown(about, _parent(conn, about)).model_dump(mode="json", exclude_unset=True)
    rows = [{"verdict_id": verdict.id, "rule": rule, "sort": sort, "shown": example} for rule in new]
    if rows:
        conn.execute(sa.insert(examples), rows)
    return new


def _parent(conn: Connection, post: Post) -> Post | None:
    here = (posts.c.platform == post.key.platform, posts.c.account == post.key.account)
    query = mapping.select_posts().where(*here, posts.c.external_id == post.parent_id)
    row = conn.execute(query).one_or_none() if post.parent_id else None
    return mapping.post(row) if row else None
