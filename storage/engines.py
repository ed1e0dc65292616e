"""Opens the store from a path or an address: SQLite in WAL mode, on disk where people rely on it."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine, make_url

from storage import migrations
from storage._base import Mode, translate
from storage.errors import StoreError, StoreUnreadable
from storage.store import Store

#: How long a writer waits for another one. SQLite keeps no queue, so a busy disk can starve one of many.
BUSY_SECONDS = 60
_OWNER_ONLY = 0o600
# The level cannot change inside a transaction, and a deferred BEGIN fails as locked where two writers meet.
_BEGIN = {
    Mode.READ: ("BEGIN",),
    Mode.PULLED: ("PRAGMA synchronous=NORMAL", "BEGIN IMMEDIATE"),
    Mode.PROMISED: ("PRAGMA synchronous=FULL", "BEGIN IMMEDIATE"),
    Mode.MIGRATION: ("PRAGMA foreign_keys=OFF", "PRAGMA synchronous=FULL", "BEGIN IMMEDIATE"),
}


def open_store(url_or_path: str | Path, *, migrate: bool = False) -> Store:
    """Open a store, made where there is none; ``migrate`` brings an old one up to date.

    Takes a path or ``sqlite:///path``. Raises `SchemaTooOld`, `SchemaTooNew`, `StoreUnreadable`.
    """
    path = _path(url_or_path)
    _make_private(path)
    engine = sqlite_engine(path)
    try:
        migrations.prepare(engine, upgrade=migrate)
    except (sqlite3.Error, sa.exc.DBAPIError) as error:
        engine.dispose()
        raise translate(error) from error
    except StoreError:
        engine.dispose()
        raise
    return Store(engine, path=path)


def sqlite_engine(path: Path) -> Engine:
    """An engine whose transactions begin as their mode asks."""
    engine = sa.create_engine(
        f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS}, pool_size=8, max_overflow=24
    )
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return engine


def _configure(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # the driver would begin by itself, and deferred
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "recursive_triggers=ON", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(conn: Connection) -> None:
    for statement in _BEGIN[conn.get_execution_options().get("oversight_mode", Mode.PROMISED)]:
        conn.exec_driver_sql(statement)


def _path(url_or_path: str | Path) -> Path:
    text = str(url_or_path)
    if "://" not in text:
        return Path(text).absolute()
    url = make_url(text)
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        raise StoreError(f"A store at {url.render_as_string()} is not supported.", mend="Name a file.")
    return Path(url.database).absolute()


def _make_private(path: Path) -> None:
    """Make the file before SQLite does, so that it never stands open to others; WAL files follow its mode."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, _OWNER_ONLY))
        path.chmod(_OWNER_ONLY)
    except OSError as error:
        raise StoreUnreadable(
            f"{path} cannot be opened: {error.strerror}.", mend="Check the folder, its owner and mode."
        ) from error
