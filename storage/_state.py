"""Small values, revoked links, and the care of the store itself."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage._base import Base, Mode, upsert
from storage.schema import charges, nonces, readings, revoked_links, state, unchecked

_PING = "store.ping"


class State(Base):
    """Odds and ends that must outlive the process."""

    def get_state(self, key: str) -> Any | None:
        """A JSON value, None where there is none."""
        with self._transaction(Mode.READ) as conn:
            return conn.scalar(sa.select(state.c.value).where(state.c.key == key))

    def set_state(self, key: str, value: Any) -> None:
        """Keep a JSON value; None forgets it."""
        self._put(key, value, Mode.PROMISED)

    def revoke_link(self, link_id: str, *, now: datetime) -> None:
        """Let a link open nothing any more."""
        row = {"link_id": link_id, "at": now}
        with self._transaction(Mode.PROMISED) as conn:
            conn.execute(upsert(conn, revoked_links).values(row).on_conflict_do_nothing())

    def is_revoked(self, link_id: str) -> bool:
        """Whether the link was revoked."""
        return bool(self._rows(sa.select(revoked_links.c.link_id).where(revoked_links.c.link_id == link_id)))

    def ping(self) -> None:
        """Write a little. Raises `StoreFull`, `StoreBusy` or `StoreUnreadable` where that fails."""
        self._put(_PING, secrets.token_hex(4), Mode.PULLED)

    def integrity(self) -> list[str]:
        """What the engine finds wrong with the file and with references; empty where all is well."""
        with self._transaction(Mode.READ) as conn:
            found = [str(line) for line in conn.exec_driver_sql("PRAGMA integrity_check").scalars()]
            broken = conn.exec_driver_sql("PRAGMA foreign_key_check").all()
        return [line for line in found if line != "ok"] + [
            f"broken reference: {tuple(row)}" for row in broken
        ]

    def prune(
        self,
        now: datetime,
        *,
        scores: timedelta = timedelta(days=90),
        notes: timedelta = timedelta(days=400),
    ) -> int:
        """Forget what nobody needs any more, and how many rows it was.

        ``scores``: age of cached scores and form nonces. ``notes``: age of charges, of notes about what was
        not checked, and of revoked links, which have expired long before. History and evidence stay.
        """
        oldest_note = now - notes
        old = [
            sa.delete(readings).where(readings.c.read_at < now - scores),
            sa.delete(nonces).where(nonces.c.at < now - scores),
            sa.delete(unchecked).where(unchecked.c.noted_at < oldest_note),
            sa.delete(revoked_links).where(revoked_links.c.at < oldest_note),
            sa.delete(charges).where(charges.c.day < oldest_note.date().isoformat()),
        ]
        with self._transaction(Mode.PULLED) as conn:
            return sum(conn.execute(statement).rowcount for statement in old)

    def _put(self, key: str, value: Any, mode: Mode) -> None:
        with self._transaction(mode) as conn:
            if value is None:
                conn.execute(sa.delete(state).where(state.c.key == key))
                return
            statement = upsert(conn, state).values(key=key, value=value)
            conn.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": value}))
