"""Messages: written with what caused them, each sent once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage import audit
from storage.database import Mode, Part, upsert
from storage.errors import LeaseLost, UnknownMessage
from storage.schema import alerts, outbox
from storage.views import MessageState, OutMessage

_PENDING, _CLAIMED, _LEAVING = MessageState.PENDING, MessageState.CLAIMED, MessageState.LEAVING
_SENT, _UNCERTAIN, _DEAD = MessageState.SENT, MessageState.UNCERTAIN, MessageState.DEAD
_NOBODY: dict[str, None] = {"worker": None, "lease_until": None}
#: letters that are better sent twice than never
_AGAIN = ("alert", "crisis")
#: letters that go before all others, the most pressing first; a kind that is not named waits its turn behind them
_FIRST = {kind: place for place, kind in enumerate(("crisis", "alert", "reminder"))}
#: what a channel says -> where the message stands then
_AFTER = {"sent": _SENT, "retry": _PENDING, "dead": _DEAD, "uncertain": _UNCERTAIN}


def enqueue(conn: Connection, message: OutMessage) -> int | None:
    """Put a message into the outbox; its number, or None where its key is known already."""
    row = {
        "key": message.key,
        "brand": message.brand,
        "kind": message.kind,
        "channel": message.channel,
        "recipients": list(message.recipients),
        "body": message.body,
        "created_at": message.created_at,
        "state": _PENDING.value,
        "next_try_at": message.next_try_at,
        "detail": message.detail,
    }
    statement = upsert(conn, outbox).values(row).on_conflict_do_nothing()
    number: int | None = conn.scalar(statement.returning(outbox.c.id))
    return number


def queue_all(conn: Connection, messages: Sequence[OutMessage]) -> list[audit.Line]:
    """Queue messages; an audit line for each that was not known."""
    numbers = [(message, enqueue(conn, message)) for message in messages]
    return [queued(message, number) for message, number in numbers if number is not None]


class Outbox(Part):
    """What leaves for people."""

    def put_alert(
        self,
        message: OutMessage,
        fingerprints: Collection[str],
        *,
        now: datetime,
        also: Sequence[OutMessage] = (),
    ) -> bool:
        """Queue a message and mark what caused it as told with it.

        ``also``: the same news for further people. False, and nothing is kept, where none of them waits or the
        message's key is known.
        """
        with self._db.write(Mode.PROMISED) as conn:
            waiting = alerts.c.fingerprint.in_(list(fingerprints)) & alerts.c.message_id.is_(None)
            if conn.scalar(sa.select(sa.func.count()).select_from(alerts).where(waiting)) == 0:
                return False
            number = enqueue(conn, message)
            if number is None:
                return False
            conn.execute(sa.update(alerts).where(waiting).values(message_id=number))
            audit.append(conn, [queued(message, number), *queue_all(conn, also)], now=now)
            return True

    def put(self, messages: Sequence[OutMessage], *, now: datetime) -> None:
        """Queue messages; those whose key is known already are there."""
        with self._db.write(Mode.PROMISED) as conn:
            audit.append(conn, queue_all(conn, messages), now=now)

    def claim(self, *, worker: str, now: datetime, lease: timedelta) -> OutMessage | None:
        """Take the next message that is due, until ``now + lease``; None where none is.

        What cannot wait goes first, and else what was written first. But before that it looks at what a dead worker
        held: what had not left is free again; what may have left is uncertain, except an alert or a crisis, which are
        better sent twice than never.
        """
        with self._db.write(Mode.PROMISED) as conn:
            _take_back(conn, now)
            due = outbox.c.next_try_at.is_(None) | (outbox.c.next_try_at <= now)
            query = sa.select(outbox.c.id).where(outbox.c.state == _PENDING.value, due)
            turn = sa.case(_FIRST, value=outbox.c.kind, else_=len(_FIRST))
            number = conn.scalar(query.order_by(turn, outbox.c.id).limit(1))
            if number is None:
                return None
            claim = sa.update(outbox).where(outbox.c.id == number, outbox.c.state == _PENDING.value)
            values = {"attempts": outbox.c.attempts + 1, "worker": worker, "lease_until": now + lease}
            row = conn.execute(claim.values(state=_CLAIMED.value, **values).returning(outbox)).one_or_none()
            return None if row is None else _message(row)

    def leaving(self, id: int, *, now: datetime) -> None:  # noqa: A002 -- the word of the contract
        """Note that the text is about to leave. Raises `LeaseLost` where the claim ran out: do not send."""
        held = (outbox.c.id == id) & (outbox.c.state == _CLAIMED.value) & (outbox.c.lease_until > now)
        with self._db.write(Mode.PROMISED) as conn:
            if conn.execute(sa.update(outbox).where(held).values(state=_LEAVING.value)).rowcount != 1:
                raise LeaseLost(f"Message {id} is no longer ours to send.", permanent=False)

    def delivered(
        self,
        id: int,  # noqa: A002
        delivery: str,
        detail: str,
        *,
        now: datetime,
        next_try_at: datetime | None = None,
    ) -> None:
        """Note what became of a message: ``sent``, ``retry``, ``dead`` or ``uncertain``.

        An uncertain alert or crisis goes back to the queue. What is known to be sent or dead stays so.
        Raises `UnknownMessage`.
        """
        with self._db.write(Mode.PROMISED) as conn:
            row = _require(conn, id)
            if row.state in {_SENT, _DEAD}:
                return
            target = _AFTER[delivery]
            if target is _UNCERTAIN and row.kind in _AGAIN:
                target = _PENDING
            values = {"state": target.value, "detail": detail, "next_try_at": next_try_at, **_NOBODY}
            conn.execute(sa.update(outbox).where(outbox.c.id == id).values(values))
            line = _line(f"message {target.value}", row.brand, row.key, id, detail=detail)
            audit.append(conn, [line], now=now)

    def resend(self, id: int, *, now: datetime) -> None:  # noqa: A002
        """A person asks to send an uncertain or dead message again. Raises `UnknownMessage`."""
        with self._db.write(Mode.PROMISED) as conn:
            row = _require(conn, id)
            if row.state not in {_UNCERTAIN, _DEAD}:
                raise UnknownMessage(f"Message {id} is {row.state}.", mend="Only what failed is sent again.")
            values = {"state": _PENDING.value, "next_try_at": now, "attempts": 0, **_NOBODY}
            conn.execute(sa.update(outbox).where(outbox.c.id == id).values(values))
            audit.append(conn, [_line("message resent", row.brand, row.key, id)], now=now)

    def last(self, brand: str, kind: str) -> datetime | None:
        """UTC time at which the newest message of a kind was written, None where there is none."""
        newest = sa.func.max(outbox.c.created_at, type_=outbox.c.created_at.type)
        with self._db.read() as conn:
            found: datetime | None = conn.scalar(
                sa.select(newest).where(outbox.c.brand == brand, outbox.c.kind == kind)
            )
            return found

    def find(
        self, brand: str, states: Collection[MessageState] | None = None, *, newest: int | None = None
    ) -> list[OutMessage]:
        """Messages of a brand in these states (all where None), the oldest first; only the ``newest`` where given."""
        query = sa.select(outbox).where(outbox.c.brand == brand)
        if states is not None:
            query = query.where(outbox.c.state.in_([state.value for state in states]))
        rows = self._db.rows(query.order_by(outbox.c.id.desc()).limit(newest))
        return [_message(row) for row in reversed(rows)]

    def count(self, brand: str) -> Counter[MessageState]:
        """How many messages of a brand stand in each state."""
        query = sa.select(outbox.c.state, sa.func.count().label("n")).group_by(outbox.c.state)
        rows = self._db.rows(query.where(outbox.c.brand == brand))
        return Counter({MessageState(row.state): row.n for row in rows})


def _take_back(conn: Connection, now: datetime) -> None:
    ended = outbox.c.lease_until <= now
    unsent = (outbox.c.state == _CLAIMED.value) | (
        (outbox.c.state == _LEAVING.value) & outbox.c.kind.in_(_AGAIN)
    )
    free = {"state": _PENDING.value, **_NOBODY}
    conn.execute(sa.update(outbox).where(ended, unsent).values(free))
    unknown = {"state": _UNCERTAIN.value, "detail": "stopped while it was leaving", **_NOBODY}
    conn.execute(sa.update(outbox).where(ended, outbox.c.state == _LEAVING.value).values(unknown))


def _require(conn: Connection, number: int) -> sa.Row[Any]:
    row = conn.execute(sa.select(outbox).where(outbox.c.id == number)).one_or_none()
    if row is None:
        raise UnknownMessage(f"There is no message {number}.")
    return row


def _message(row: sa.Row[Any]) -> OutMessage:
    values = {key: getattr(row, key) for key in OutMessage.__dataclass_fields__ if key in outbox.c}
    return OutMessage(
        **{**values, "recipients": tuple(row.recipients), "state": MessageState(row.state)},
    )


def queued(message: OutMessage, number: int) -> audit.Line:
    """A line of the audit log about a message that was queued, with the posts that it names."""
    names = [[key.platform, key.account, key.external_id] for key in message.names]
    return _line(f"{message.kind} queued", message.brand, message.key, number, names=names)


def _line(action: str, brand: str, key: str, number: int, **detail: Any) -> audit.Line:
    subject = f"{brand}/message/{number}"
    return audit.Line(actor="machine", action=action, subject=subject, detail={"key": key, **detail})
