"""Digests: one for each slot, kept in one transaction with its message."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from storage import audit
from storage.database import Mode, Part, require_brand
from storage.outbox import enqueue, queue_all, queued
from storage.schema import alerts, digests, outbox
from storage.views import DigestRow, MessageState, OutMessage


class Digests(Part):
    """What was told to whom of which period."""

    def save(
        self,
        brand: str,
        *,
        slot: str,
        since: datetime,
        until: datetime,
        message: OutMessage,
        now: datetime,
        also: Sequence[OutMessage] = (),
        reminds: Sequence[str] = (),
    ) -> bool:
        """Keep a digest and queue its message; False, and nothing is kept, where the slot has one.

        ``also``: what goes out with it, such as the digest for further readers and the agency's notice.
        ``slot`` is the local date and time that it is for, ``2026-11-22T18:00``: a clock that goes back
        meets the same slot again. ``reminds``: fingerprints of reminders that it makes needless; those that nobody
        was told of meanwhile are told with it.
        """
        with self._db.write(Mode.PROMISED) as conn:
            require_brand(conn, brand)
            taken = sa.select(digests.c.slot).where(digests.c.brand == brand, digests.c.slot == slot)
            if conn.scalar(taken) is not None:
                return False
            number = enqueue(conn, message)
            if number is None:
                return False
            row = {"brand": brand, "slot": slot, "since": since, "until": until, "message_id": number}
            conn.execute(sa.insert(digests).values(**row, created_at=now))
            told = alerts.c.fingerprint.in_(list(reminds)) & alerts.c.message_id.is_(None)
            conn.execute(sa.update(alerts).where(told).values(message_id=number))
            audit.append(conn, [queued(message, number), *queue_all(conn, also)], now=now)
            return True

    def last(self, brand: str) -> DigestRow | None:
        """The digest that reaches furthest, whatever became of its message."""
        return next(iter(self.find(brand, 1)), None)

    def find(self, brand: str, limit: int = 30) -> list[DigestRow]:
        """Digests of a brand, the newest first."""
        columns = [column for column in digests.c if column.name != "message_id"]
        query = sa.select(*columns, outbox.c.id.label("message_id"), outbox.c.state).join(outbox)
        newest = query.where(digests.c.brand == brand).order_by(digests.c.until.desc(), digests.c.slot.desc())
        rows = self._db.dicts(newest.limit(limit))
        return [DigestRow(**{**row, "state": MessageState(row["state"])}) for row in rows]
