"""All that is special to SQLite: WAL files, pragmas, result codes, the search index, copies of the file."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection

from storage.columns import escape_text
from storage.database import Mode
from storage.errors import StoreBusy, StoreError, StoreFull, StoreUnreadable
from storage.schema import metadata

#: How long a writer waits for another one. SQLite keeps no queue, so a busy disk can starve one of many.
BUSY_SECONDS = 60
_OWNER_ONLY = 0o600
#: Bytes from which the file of what is not yet in the store is emptied. SQLite writes it back by itself and yet never
#: begins it anew while somebody reads, so eight who are busy made 154 MB of it, which stayed.
LARGEST_WAL = 32 * 1024 * 1024
_EMPTYING_SECONDS = 2  #: how long whoever empties it waits for readers
_PAUSE_SECONDS = 0.5  #: until the next try, where somebody read for longer
# The level cannot change inside a transaction, and a deferred BEGIN fails as locked where two writers meet.
_BEGIN = {
    Mode.READ: ("BEGIN",),
    Mode.PULLED: ("PRAGMA synchronous=NORMAL", "BEGIN IMMEDIATE"),
    Mode.PROMISED: ("PRAGMA synchronous=FULL", "BEGIN IMMEDIATE"),
    Mode.MIGRATION: ("PRAGMA foreign_keys=OFF", "PRAGMA synchronous=FULL", "BEGIN IMMEDIATE"),
}
# Primary result codes, https://www.sqlite.org/rescode.html
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
_BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_CLOSED = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}
_GUARD = """
CREATE TRIGGER IF NOT EXISTS audit_log_no_{verb} BEFORE {verb} ON audit_log
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
"""
#: the guard of the audit log, and what keeps the search index up to date, by the library's names
_TRIGGERS = {"audit_log_no_update", "audit_log_no_delete", "revisions_ai", "revisions_ad", "revisions_au"}
#: English endings are left off, so that walnut finds walnuts (https://www.sqlite.org/fts5.html#porter_tokenizer)
_TOKENIZER = "porter"
_FREE_CLAIMS = """
UPDATE outbox SET worker = NULL, lease_until = NULL, state = 'uncertain',
    detail = 'from a backup: it may have been sent since'
    WHERE kind = 'digest' AND state IN ('pending', 'claimed', 'leaving');
UPDATE outbox SET worker = NULL, lease_until = NULL, state = 'pending'
    WHERE state IN ('claimed', 'leaving');
UPDATE due_jobs SET holder = NULL, lease_until = NULL;
PRAGMA journal_mode = DELETE;
"""


class Sqlite:
    """A store in one file, in WAL mode, on disk where people rely on it."""

    error: type[Exception] = sqlite3.Error

    def __init__(self, path: Path) -> None:
        """The file is made before SQLite does, so that it never stands open to others.

        Raises `StoreUnreadable`.
        """
        _make_private(path)
        self.path: Path | None = path
        self._file = path
        self.engine = sa.create_engine(
            f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS}, pool_size=8, max_overflow=24
        )
        self._wal = path.with_name(f"{path.name}-wal")
        self._writing = threading.Lock()
        self._empty_after = 0.0  #: by the monotonic clock
        event.listen(self.engine, "connect", _configure)
        event.listen(self.engine, "begin", _begin)

    @staticmethod
    def translate(error: Exception) -> StoreError:
        """Our error for one of SQLite's, with what mends it."""
        cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF  # the low byte is the primary result code
        if code in _BUSY:
            return StoreBusy("The store is busy.", mend="Try again.", permanent=False)
        if code in _FULL:
            return StoreFull(
                f"The disk took no more: {cause}.", mend="Make room; it goes on by itself.", permanent=False
            )
        if code in _BROKEN:
            return StoreUnreadable(f"The store is damaged or no store: {cause}.", mend="Restore a backup.")
        if code in _CLOSED:
            return StoreUnreadable(
                f"The store cannot be opened or written: {cause}.",
                mend="Check the folder, its owner and mode.",
            )
        return StoreError(f"The store refused: {cause}.")

    def complete(self) -> None:
        """The guard of the audit log, and the search index, which follows by triggers."""
        import sqlite_utils  # slow to import and rarely needed

        raw = self.engine.raw_connection()
        try:
            database = sqlite_utils.Database(raw.driver_connection)
            database.table("revisions").enable_fts(
                ["text"], create_triggers=True, replace=True, tokenize=_TOKENIZER
            )
            for verb in ("update", "delete"):
                database.execute(_GUARD.format(verb=verb))
        finally:
            raw.close()

    def is_complete(self, conn: Connection) -> bool:
        """Whether all that `complete` makes is there, as it makes it now.

        A process that was killed may have left none of it, and an earlier release an index that reads words otherwise.
        """
        found = conn.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        index = conn.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'revisions_fts'").scalar()
        return set(found.scalars()) >= _TRIGGERS and f"tokenize='{_TOKENIZER}'" in (index or "")

    def is_own(self, table: str) -> bool:
        """Whether a table belongs to the search index."""
        return table.startswith("revisions_fts")

    def broken_references(self, conn: Connection) -> list[str]:
        """Rows that name what is not there."""
        broken = conn.exec_driver_sql("PRAGMA foreign_key_check").all()
        return [f"broken reference: {tuple(row)}" for row in broken]

    def damage(self, conn: Connection) -> list[str]:
        """What the check of the whole file finds."""
        found = conn.exec_driver_sql("PRAGMA integrity_check").scalars()
        return [str(line) for line in found if line != "ok"]

    def matching(self, conn: Connection, brand: str, words: str, limit: int) -> list[int]:
        """Numbers of posts in which all the words once stood, the best match first."""
        import sqlite_utils

        mine = "post_id IN (SELECT id FROM posts WHERE brand = :brand)"
        database = sqlite_utils.Database(conn.connection.driver_connection)
        found = database.table("revisions").search(
            escape_text(words), columns=["post_id"], where=mine, where_args={"brand": brand}, quote=True
        )
        return list(islice(dict.fromkeys(row["post_id"] for row in found), limit))

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One writer of this process at a time, in order; whoever leaves a large WAL file empties it."""
        if not self._writing.acquire(timeout=BUSY_SECONDS):
            raise StoreBusy("The store is busy.", mend="Try again.", permanent=False)
        try:
            yield
            self._empty_wal()
        finally:
            self._writing.release()

    def _empty_wal(self) -> None:
        try:
            if self._wal.stat().st_size < LARGEST_WAL or time.monotonic() < self._empty_after:
                return
            with closing(sqlite3.connect(self._file, timeout=_EMPTYING_SECONDS)) as connection:
                busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except (OSError, sqlite3.Error):  # there is none, or it is held: what was written stands all the same
            busy = True
        self._empty_after = time.monotonic() + _PAUSE_SECONDS if busy else 0.0

    def back_up(self, path: Path) -> None:
        """Copy the file as it is at one moment, while others write, and look whether the copy is whole.

        A digest that had not left yet is uncertain in the copy: by the time somebody restores it, it may have
        been sent. Nobody holds work in the copy. Raises `StoreUnreadable` for a copy that nobody could restore.
        """
        copy_file(self._file, path)
        with closing(sqlite3.connect(path)) as copy:
            copy.executescript(_FREE_CLAIMS)
            _refuse_damaged(copy)


def copy_file(path: Path, copy: Path) -> None:
    """Copy a store's file as it is at one moment, while others write; it is only read. Raises `sqlite3.Error`.

    Files ending in -wal and -shm may stand beside it afterwards, empty.
    """
    with (
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as here,
        closing(sqlite3.connect(copy)) as there,
    ):
        here.backup(there)


def _refuse_damaged(copy: sqlite3.Connection) -> None:
    damage = [str(row[0]) for row in copy.execute("PRAGMA integrity_check")]
    if damage != ["ok"]:
        raise StoreUnreadable(
            f"The store is damaged, and so would its copy be: {damage[0]}.", mend="Restore an older backup."
        )
    there = {row[0] for row in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if missing := sorted(set(metadata.tables) - there):
        raise StoreUnreadable(f"The store has no table {missing[0]}, nor would its copy.")


def _configure(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # the driver would begin by itself, and deferred
    pragmas = ("journal_mode=WAL", "foreign_keys=ON", "recursive_triggers=ON", "temp_store=MEMORY")
    for pragma in (*pragmas, f"journal_size_limit={LARGEST_WAL}"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(conn: Connection) -> None:
    for statement in _BEGIN[conn.get_execution_options().get("oversight_mode", Mode.PROMISED)]:
        conn.exec_driver_sql(statement)


def _make_private(path: Path) -> None:
    """WAL files follow the mode of the store's file."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, _OWNER_ONLY))
        path.chmod(_OWNER_ONLY)
    except OSError as error:
        raise StoreUnreadable(
            f"{path} cannot be opened: {error.strerror}.", mend="Check the folder, its owner and mode."
        ) from error
