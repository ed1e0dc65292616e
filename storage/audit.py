"""The append-only log: each line's hash covers the line before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.columns import to_micros
from storage.database import Part
from storage.errors import AuditBroken
from storage.schema import audit_head, audit_log
from storage.views import AuditEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line to append."""

    actor: str  #: person id, ``machine`` or ``operator``
    action: str
    subject: str  #: begins with the brand: ``brand`` or ``brand/…``
    detail: Mapping[str, Any] = field(default_factory=dict)  #: JSON object


def append(conn: Connection, lines: Sequence[Line], *, now: datetime) -> None:
    """Chain the lines to the log, in the transaction of what they tell of."""
    if not lines:
        return
    # The update takes the row's lock before anything is read, so that two writers never see the same end.
    conn.execute(sa.update(audit_head).values(seq=audit_head.c.seq + len(lines)))
    head = conn.execute(sa.select(audit_head.c.seq, audit_head.c.hash)).one()
    previous, rows = head.hash, []
    for seq, line in enumerate(lines, head.seq - len(lines) + 1):
        row = _row(seq, line, now)
        previous = row["hash"] = chained(previous, row)
        rows.append(row)
    conn.execute(sa.insert(audit_log), rows)
    conn.execute(sa.update(audit_head).values(hash=previous))


def chained(previous: str, row: Mapping[str, Any]) -> str:
    """SHA-256 over the previous hash and the canonical JSON of a row of the log."""
    values = [row["seq"], to_micros(row["at"]), row["actor"], row["action"], row["subject"], row["detail"]]
    return hashlib.sha256(f"{previous}\n{_canonical(values)}".encode("ascii")).hexdigest()


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _row(seq: int, line: Line, now: datetime) -> dict[str, Any]:
    detail = json.loads(json.dumps(line.detail))  # as the store will give it back
    return {
        "seq": seq,
        "at": now,
        "actor": line.actor,
        "action": line.action,
        "subject": line.subject,
        "detail": detail,
    }


class Audit(Part):
    """What was done, by whom."""

    def find(self, brand: str | None, limit: int = 100, offset: int = 0) -> list[AuditEntry]:
        """The newest lines first; of one brand, or of everything."""
        query = sa.select(audit_log).order_by(audit_log.c.seq.desc()).limit(limit).offset(offset)
        if brand is not None:
            query = query.where(_of(brand))
        return [AuditEntry(**row) for row in self._db.dicts(query)]

    def since(self, brand: str, seq: int) -> list[AuditEntry]:
        """The lines of a brand behind the one of this number, the oldest first."""
        query = sa.select(audit_log).where(audit_log.c.seq > seq, _of(brand)).order_by(audit_log.c.seq)
        return [AuditEntry(**row) for row in self._db.dicts(query)]

    def verify(self) -> int:
        """The number of lines, all of which follow from the first. Raises `AuditBroken`."""
        count, previous = 0, ""
        with self._db.read() as conn:
            head = conn.execute(sa.select(audit_head.c.seq, audit_head.c.hash)).one()
            log = sa.select(audit_log).order_by(audit_log.c.seq).execution_options(yield_per=1000)
            for row in conn.execute(log).mappings():
                line = dict(row)
                count += 1
                previous = chained(previous, line)
                if line["seq"] != count or line["hash"] != previous:
                    raise AuditBroken(count)
            if (head.seq, head.hash) != (count, previous):
                raise AuditBroken(count + 1)
        return count


def _of(brand: str) -> sa.ColumnElement[bool]:
    subject = audit_log.c.subject
    return (subject == brand) | subject.startswith(f"{brand}/", autoescape=True)
