"""Transactions: how each method of the store begins, ends and fails."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine

from policies.model.keys import PostKey
from storage import schema
from storage.errors import StoreBusy, StoreError, StoreFull, StoreUnreadable, UnknownBrand

T = TypeVar("T")
MACHINE = "machine"  #: actor of what nobody asked for
_CHUNK = 500  # values in one IN list; SQLite's own limit is 32,766 variables
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_CLOSED = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}


class Mode(StrEnum):
    """What a transaction needs of the engine."""

    READ = "read"  #: takes no lock that writers wait for
    PULLED = "pulled"  #: what the platform can give again: safe from a crash, on disk with the next promise
    PROMISED = "promised"  #: what people rely on: on disk before we answer
    MIGRATION = "migration"  #: tables are copied and dropped, so references are checked at the end


def translate(error: sqlite3.Error | sa.exc.DBAPIError) -> StoreError:
    """Our error for the engine's, with what mends it."""
    cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF  # the low byte is the primary result code
    if code in _BUSY:
        return StoreBusy("The store is busy.", mend="Try again.", permanent=False)
    if code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
        return StoreFull(
            f"The disk took no more: {cause}.", mend="Make room; it goes on by itself.", permanent=False
        )
    if code in _BROKEN:
        return StoreUnreadable(f"The store is damaged or no store: {cause}.", mend="Restore a backup.")
    if code in _CLOSED:
        return StoreUnreadable(
            f"The store cannot be opened or written: {cause}.", mend="Check the folder, its owner and mode."
        )
    return StoreError(f"The store refused: {cause}.")


def upsert(conn: Connection, table: sa.Table) -> sqlite.Insert:
    """An insert with ``on_conflict_do_…``, which both dialects spell alike."""
    insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    return cast("sqlite.Insert", insert(table))


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    """The values in lists short enough for one query."""
    rest = iter(values)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk


def waves(items: Iterable[T], identity: Callable[[T], PostKey]) -> Iterator[list[T]]:
    """The items in parts in which no post comes twice, in order."""
    rest = list(items)
    while rest:
        wave: dict[PostKey, T] = {}
        again = [item for item in rest if wave.setdefault(identity(item), item) is not item]
        yield list(wave.values())
        rest = again


def require_brand(conn: Connection, brand: str) -> None:
    """Raises `UnknownBrand`, which names the known ones."""
    known = list(conn.scalars(sa.select(schema.brands.c.id).order_by(schema.brands.c.id)))
    if brand not in known:
        raise UnknownBrand(
            f"There is no brand {brand!r}.", mend=f"Known brands: {', '.join(known) or 'none'}."
        )


class Base:
    """Holds the engine. Each public method of the store is one transaction."""

    def __init__(self, engine: Engine, *, path: Path | None = None) -> None:
        self._modes = {mode: engine.execution_options(oversight_mode=mode) for mode in Mode}
        self._engine = engine
        self.path = path  #: file of an embedded store

    def close(self) -> None:
        """Give back all connections."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self, mode: Mode) -> Iterator[Connection]:
        try:
            with self._modes[mode].begin() as conn:
                yield conn
        except (sa.exc.DBAPIError, sqlite3.Error) as error:
            raise translate(error) from error

    def _rows(self, statement: sa.Select[*tuple[Any, ...]]) -> Sequence[sa.Row[Any]]:
        with self._transaction(Mode.READ) as conn:
            return conn.execute(statement).all()

    def _dicts(self, statement: sa.Select[*tuple[Any, ...]]) -> list[dict[str, Any]]:
        with self._transaction(Mode.READ) as conn:
            return [dict(row) for row in conn.execute(statement).mappings()]
