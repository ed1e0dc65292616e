"""The care of the store itself."""

from __future__ import annotations

import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from storage.database import Mode, Part, upsert
from storage.errors import StoreUnreadable
from storage.schema import charges, links, nonces, readings, revoked_links, state, unchecked

_PING = "store.ping"


class Upkeep(Part):
    """Whether it is well, what it may forget, and a copy of it."""

    def ping(self) -> None:
        """Write a little. Raises `StoreFull`, `StoreBusy` or `StoreUnreadable` where that fails."""
        with self._db.write(Mode.PULLED) as conn:
            statement = upsert(conn, state).values(key=_PING, value=secrets.token_hex(4))
            value = statement.excluded.value
            conn.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": value}))

    def integrity(self) -> list[str]:
        """What the engine finds wrong with the file and with references; empty where all is well."""
        with self._db.read() as conn:
            return self._db.backend.damage(conn) + self._db.backend.broken_references(conn)

    def backup(self, path: Path) -> None:
        """Copy the store as it is at one moment, while others write.

        An older file of the name is replaced once the copy is known to be whole. What left us only perhaps is
        uncertain in the copy, and nobody holds work in it. Raises `StoreUnreadable`.
        """
        partial = path.with_name(path.name + ".partial")
        try:
            os.close(os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
            self._db.backend.back_up(partial)
            _sync(partial)
            partial.replace(path)
            _sync(path.absolute().parent)
        except self._db.backend.error as error:
            raise self._db.backend.translate(error) from error
        except OSError as error:
            raise StoreUnreadable(f"{path} cannot be written: {error.strerror}.") from error
        finally:
            partial.unlink(missing_ok=True)

    def prune(
        self,
        now: datetime,
        *,
        scores: timedelta = timedelta(days=90),
        notes: timedelta = timedelta(days=400),
    ) -> int:
        """Forget what nobody needs any more, and how many rows it was.

        ``scores``: age of cached scores and form nonces. ``notes``: age of charges, of notes about what was
        not checked, and of links that expired or were revoked. History and evidence stay.
        """
        oldest_note = now - notes
        old = [
            sa.delete(readings).where(readings.c.read_at < now - scores),
            sa.delete(nonces).where(nonces.c.at < now - scores),
            sa.delete(unchecked).where(unchecked.c.noted_at < oldest_note),
            sa.delete(links).where(links.c.expires_at < oldest_note),
            sa.delete(revoked_links).where(revoked_links.c.at < oldest_note),
            sa.delete(charges).where(charges.c.day < oldest_note.date().isoformat()),
        ]
        with self._db.write(Mode.PULLED) as conn:
            return sum(conn.execute(statement).rowcount for statement in old)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
