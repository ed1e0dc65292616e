"""Transactions: how each method of the store begins, ends and fails, on whichever engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine

from policies.model.keys import PostKey
from storage import schema
from storage.errors import StoreError, UnknownBrand

T = TypeVar("T")
MACHINE = "machine"  #: actor of what nobody asked for
_CHUNK = 500  # values in one IN list; engines allow some 32,000 variables


class Mode(StrEnum):
    """What a transaction needs of the engine; it reads the option ``oversight_mode`` of the connection."""

    READ = "read"  #: takes no lock that writers wait for
    PULLED = "pulled"  #: what the platform can give again: safe from a crash, on disk with the next promise
    PROMISED = "promised"  #: what people rely on: on disk before we answer
    MIGRATION = "migration"  #: tables are copied and dropped, so references are checked at the end


class Backend(Protocol):
    """What each engine does its own way. `storage.sqlite` is the embedded one."""

    engine: Engine
    path: Path | None  #: file of an embedded store
    error: type[Exception]  #: what its driver raises

    def translate(self, error: Exception) -> StoreError:
        """Our error for the engine's, with what mends it."""

    def complete(self) -> None:
        """Make what the tables do not say: the guard of the audit log, the search index."""

    def is_complete(self, conn: Connection) -> bool:
        """Whether all that `complete` makes is there."""

    def is_own(self, table: str) -> bool:
        """Whether a table that ``schema`` does not know is part of what `complete` made."""

    def broken_references(self, conn: Connection) -> list[str]:
        """Rows that name what is not there."""

    def damage(self, conn: Connection) -> list[str]:
        """What the engine finds wrong with its files."""

    def matching(self, conn: Connection, brand: str, words: str, limit: int) -> list[int]:
        """Numbers of posts in which all the words once stood, the best match first."""

    def back_up(self, path: Path) -> None:
        """Write the store as it is at one moment to another file, while others write.

        Raises `StoreUnreadable` where nobody could restore what was written.
        """

    def turn(self) -> AbstractContextManager[None]:
        """Held while something is written: lets writers of this process in as the engine likes it."""


class Database:
    """Begins and ends transactions, and speaks of what goes wrong in our words."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self._modes = {mode: backend.engine.execution_options(oversight_mode=mode) for mode in Mode}

    def read(self) -> AbstractContextManager[Connection]:
        """A transaction that sees one state and changes nothing."""
        return self._transaction(Mode.READ)

    def write(self, mode: Mode) -> AbstractContextManager[Connection]:
        """A transaction that is kept at its end, whole or not at all."""
        return self._transaction(mode)

    @contextmanager
    def _transaction(self, mode: Mode) -> Iterator[Connection]:
        try:
            with self._turn(mode), self._modes[mode].begin() as conn:
                yield conn
        except (sa.exc.DBAPIError, self.backend.error) as error:
            raise self.backend.translate(error) from error

    def _turn(self, mode: Mode) -> AbstractContextManager[None]:
        return nullcontext() if mode is Mode.READ else self.backend.turn()

    def rows(self, statement: sa.Select[*tuple[Any, ...]]) -> Sequence[sa.Row[Any]]:
        """The rows of one question."""
        with self.read() as conn:
            return conn.execute(statement).all()

    def dicts(self, statement: sa.Select[*tuple[Any, ...]]) -> list[dict[str, Any]]:
        """The rows of one question by the names of their columns."""
        with self.read() as conn:
            return [dict(row) for row in conn.execute(statement).mappings()]


class OneRead(Database):
    """Answers everything from one transaction that has begun already."""

    def __init__(self, backend: Backend, conn: Connection) -> None:
        super().__init__(backend)
        self._conn = conn

    @contextmanager
    def _transaction(self, mode: Mode) -> Iterator[Connection]:
        if mode is not Mode.READ:
            raise StoreError("A snapshot is only read.")
        yield self._conn


class Part:
    """One subject of the store. Each public method is one transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db


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
