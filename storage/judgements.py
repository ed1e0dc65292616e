"""What the rules say: judgements, findings and what they make of cases and alerts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from policies.model.cases.flagged import FLAGGED, FlaggedAction, FlaggedState
from policies.model.cases.machinery import NewCase
from policies.model.finding import Finding
from policies.model.keys import PostKey
from policies.scoring import Reading
from storage import mapping
from storage.case_steps import cases_of, open_cases, take_all
from storage.changes import Changes, Held, HeldCase, changes_of
from storage.database import Mode, Part, chunks, require_brand, upsert, waves
from storage.errors import UnknownPost
from storage.schema import alerts, cases, findings, judgements, posts, readings, unchecked
from storage.views import FoundAt, Judgement, Recorded

_POST = (posts.c.revision, posts.c.judged_revision, posts.c.deleted_at)
_Planned = tuple[sa.Row[Any], Changes]


class Judgements(Part):
    """What the rules and the model make of posts."""

    def readings(self, hashes: Iterable[str], scorer_version: str) -> dict[str, Reading]:
        """What this version of the scorer said of texts, by the hash of the text; without unknown ones."""
        found = {}
        with self._db.read() as conn:
            query = sa.select(readings.c.text_hash, readings.c.reading)
            for chunk in chunks(set(hashes)):
                here = (readings.c.scorer_version == scorer_version, readings.c.text_hash.in_(chunk))
                rows = conn.execute(query.where(*here))
                found.update({row.text_hash: mapping.reading(row.reading) for row in rows})
        return found

    def save_readings(self, found: Mapping[str, Reading], scorer_version: str, *, now: datetime) -> None:
        """Keep what the scorer said, by the hash of the text."""
        rows = [
            {
                "text_hash": text_hash,
                "scorer_version": scorer_version,
                "reading": mapping.reading_json(one),
                "read_at": now,
            }
            for text_hash, one in found.items()
        ]
        if rows:
            with self._db.write(Mode.PULLED) as conn:
                conn.execute(upsert(conn, readings).on_conflict_do_nothing(), rows)

    def findings(self, key: PostKey) -> list[FoundAt]:
        """What rules found in a post, also what is gone since; the oldest first."""
        of = mapping.of_account(key.account_key) & (posts.c.external_id == key.external_id)
        query = sa.select(*mapping.FOUND).join(posts, findings.c.post_id == posts.c.id).where(of)
        rows = self._db.rows(query.order_by(findings.c.id))
        return [mapping.found(row, key) for row in rows]

    def record(self, brand: str, judged: Sequence[Judgement], *, now: datetime) -> Recorded:
        """Keep judgements with all that follows: findings, cases, alerts, notes. All or nothing.

        Recording the same judgement again changes nothing. Raises `UnknownBrand`, `UnknownPost`.
        """
        with self._db.write(Mode.PROMISED) as conn:
            require_brand(conn, brand)
            parts = [_record(conn, brand, wave, now) for wave in waves(judged, attrgetter("post"))]
        return Recorded(
            new_findings=sum(part.new_findings for part in parts),
            gone_findings=sum(part.gone_findings for part in parts),
            opened=tuple(number for part in parts for number in part.opened),
            closed=tuple(number for part in parts for number in part.closed),
            alerts=sum(part.alerts for part in parts),
        )


def _record(conn: Connection, brand: str, wave: list[Judgement], now: datetime) -> Recorded:
    rows = mapping.find_posts(conn, [one.post for one in wave], _POST)
    if missing := [one.post for one in wave if one.post not in rows]:
        raise UnknownPost(f"The store does not hold {missing[0]}.")
    fresh = _keep(conn, rows, wave, now)
    ids = [row.id for row, _ in fresh]
    held = _held(conn, ids)
    before = {row.post_id: row for row in cases_of(conn, FLAGGED, ids)}
    planned = [
        (
            row,
            changes_of(
                one, held.get(row.id, ()), _held_case(before.get(row.id)), deleted=row.deleted_at is not None
            ),
        )
        for row, one in fresh
    ]
    _put_findings(conn, brand, fresh, planned, now)
    opened = _open_cases(conn, brand, planned, now)
    others = [(case, row.id) for row, one in fresh for case in one.cases if row.deleted_at is None]
    opened += [row.id for row in open_cases(conn, brand, others, now)]
    again = _step_cases(conn, before, planned, FlaggedAction.FOUND_AGAIN, now)
    closed = _step_cases(conn, before, planned, FlaggedAction.FIX_SEEN, now)
    for quiet in (FlaggedAction.STILL_THERE, FlaggedAction.HOLD, FlaggedAction.WITHDRAW):
        _step_cases(conn, before, planned, quiet, now)
    _put_ranks(conn, before, planned)
    raised = _put_alerts(conn, brand, planned, now)
    notes = [mapping.unchecked_row(note, brand=brand, now=now) for _, one in fresh for note in one.unchecked]
    if notes:
        conn.execute(sa.insert(unchecked), notes)
    return Recorded(
        new_findings=sum(len(part.new) + len(part.back) for _, part in planned),
        gone_findings=sum(len(part.gone) for _, part in planned),
        opened=(*opened, *again),
        closed=tuple(closed),
        alerts=raised,
    )


def _keep(
    conn: Connection, rows: Mapping[PostKey, sa.Row[Any]], wave: Sequence[Judgement], now: datetime
) -> list[tuple[sa.Row[Any], Judgement]]:
    """Keep the judgements; those that tell something new: not kept before, and of no outdated revision."""
    values = [_judgement_row(rows[one.post].id, one, now) for one in wave]
    if not values:
        return []
    statement = upsert(conn, judgements).on_conflict_do_nothing().returning(judgements.c.post_id)
    kept = set(conn.scalars(statement, values))
    fresh = [
        (rows[one.post], one)
        for one in wave
        if rows[one.post].id in kept and one.revision >= rows[one.post].judged_revision
    ]
    newest = sa.update(posts).where(posts.c.id == sa.bindparam("of"))
    judged = [{"of": row.id, "newest": one.revision} for row, one in fresh]
    _many(conn, newest.values(judged_revision=sa.bindparam("newest")), judged)
    return fresh


def _judgement_row(post_id: int, one: Judgement, now: datetime) -> dict[str, Any]:
    return {
        "post_id": post_id,
        "revision": one.revision,
        "policy_version": one.policy_version,
        "scorer_version": one.scorer_version,
        "reading": None if one.reading is None else mapping.reading_json(one.reading),
        "judged_at": now,
    }


def _held(conn: Connection, post_ids: Sequence[int]) -> dict[int, list[Held]]:
    held: dict[int, list[Held]] = {}
    names = ("id", "fingerprint", "revision", "rank", "shadow", "question", "gone_at")
    query = sa.select(findings.c.post_id, *(findings.c[name] for name in names))
    for chunk in chunks(post_ids):
        for row in conn.execute(query.where(findings.c.post_id.in_(chunk)).order_by(findings.c.id)):
            values = {name: getattr(row, name) for name in names}
            held.setdefault(row.post_id, []).append(Held(**values))
    return held


def _held_case(row: sa.Row[Any] | None) -> HeldCase | None:
    if row is None:
        return None
    return HeldCase(id=row.id, state=FlaggedState(row.state), closed_by=row.closed_by, rank=row.rank)


def _put_findings(
    conn: Connection,
    brand: str,
    fresh: Sequence[tuple[sa.Row[Any], Judgement]],
    planned: Sequence[_Planned],
    now: datetime,
) -> None:
    new, seen, back, gone = [], [], [], []
    for (row, one), (_, part) in zip(fresh, planned, strict=True):
        history = {"found_at": now, "gone_at": row.deleted_at}
        new += [
            mapping.finding_row(f, brand=brand, post_id=row.id, revision=one.revision) | history
            for f in part.new
        ]
        seen += [_seen(number, one.revision, finding) for number, finding in part.still + part.back]
        back += [{"of": number, "found": now, "gone": row.deleted_at} for number, _ in part.back]
        gone += [{"of": number, "gone": now} for number in part.gone]
    if new:
        conn.execute(sa.insert(findings), new)
    here = sa.update(findings).where(findings.c.id == sa.bindparam("of"))
    # What was said once stays said: a later revision never makes it a question.
    asks = findings.c.question & sa.bindparam("asks", type_=sa.Boolean)
    again = here.values(revision=sa.bindparam("at"), spans=sa.bindparam("where"), question=asks)
    _many(conn, again, seen)
    _many(conn, here.values(found_at=sa.bindparam("found"), gone_at=sa.bindparam("gone")), back)
    _many(conn, here.values(gone_at=sa.bindparam("gone")), gone)


def _seen(number: int, revision: int, finding: Finding) -> dict[str, Any]:
    where = [[span.start, span.end] for span in finding.spans]
    return {"of": number, "at": revision, "where": where, "asks": finding.question}


def _many(conn: Connection, statement: sa.Update, rows: list[dict[str, Any]]) -> None:
    if rows:
        conn.execute(statement, rows)


def _open_cases(conn: Connection, brand: str, planned: Sequence[_Planned], now: datetime) -> list[int]:
    new = [
        (
            NewCase(
                kind=FLAGGED,
                subject=str(mapping.key(row)),
                severity=mapping.severity_of(part.rank),
                state=None if part.opens is FLAGGED.first else part.opens,
            ),
            row.id,
        )
        for row, part in planned
        if part.opens and part.rank is not None
    ]
    made = open_cases(conn, brand, new, now)
    return [row.id for row in made if row.state == FLAGGED.first]


def _step_cases(
    conn: Connection,
    before: Mapping[int, sa.Row[Any]],
    planned: Sequence[_Planned],
    action: FlaggedAction,
    now: datetime,
) -> list[int]:
    return take_all(conn, [before[row.id] for row, part in planned if part.step is action], action, now)


def _put_ranks(conn: Connection, before: Mapping[int, sa.Row[Any]], planned: Sequence[_Planned]) -> None:
    ranks = [
        {"of": before[row.id].id, "severity": part.rank}
        for row, part in planned
        if row.id in before and part.rank not in {None, before[row.id].rank}
    ]
    _many(
        conn,
        sa.update(cases).where(cases.c.id == sa.bindparam("of")).values(rank=sa.bindparam("severity")),
        ranks,
    )


def _put_alerts(conn: Connection, brand: str, planned: Sequence[_Planned], now: datetime) -> int:
    critical = [(row.id, finding) for row, part in planned for finding in part.alerts]
    if not critical:
        return 0
    numbers = {
        row.post_id: row.id for row in cases_of(conn, FLAGGED, sorted({post_id for post_id, _ in critical}))
    }
    rows = [
        {
            "fingerprint": finding.fingerprint,
            "brand": brand,
            "case_id": numbers[post_id],
            "raised_at": now,
        }
        for post_id, finding in critical
    ]
    statement = upsert(conn, alerts).on_conflict_do_nothing().returning(alerts.c.fingerprint)
    return len(conn.execute(statement, rows).all())
