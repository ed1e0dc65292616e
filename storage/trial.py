"""A migration tried on a copy: which rows of which table would be there afterwards, and which would be lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage import migrations
from storage.database import Mode
from storage.engines import file_behind, open_store
from storage.errors import StoreUnreadable
from storage.sqlite import Sqlite, copy_file

_BATCH = 1000  # rows read at once


@dataclass(frozen=True, slots=True, kw_only=True)
class TableTrial:
    """What a migration makes of one table."""

    table: str
    before: int  #: rows
    after: int  #: rows
    #: rows of before with a value that is not found again in a column of the same name; what a migration keeps
    #: in another form, and says so by its ``MOVED``, does not count
    lost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a migration makes of a store."""

    found: str  #: number of the store's schema
    head: str  #: number of this program's schema
    tables: tuple[TableTrial, ...]  #: by name; tables that come or go too


def try_migration(url_or_path: str | Path) -> Trial:
    """Migrate a copy of a store and compare the two. The store itself is only read, and may be in use.

    Two copies stand beside the store while this runs, so that nobody's posts leave its disk.
    Raises what `open_store` raises, and `StoreUnreadable` where there is no store.
    """
    file = file_behind(url_or_path)
    if not file.exists():
        raise StoreUnreadable(f"There is no store at {file} yet.", mend="Run: oversight run")
    with TemporaryDirectory(dir=file.parent, prefix=".migrate-check-") as folder:
        before, after = Path(folder) / "before.db", Path(folder) / "after.db"
        try:
            copy_file(file, before)
            copy_file(before, after)
        except Sqlite.error as error:
            raise Sqlite.translate(error) from error
        open_store(after, migrate=True).close()
        found = _number(before)
        tables = compare(before, after, moved=moved_since(found))
    return Trial(found=found, head=migrations.HEAD, tables=tables)


def compare(before: Path, after: Path, *, moved: Mapping[str, set[str]]) -> tuple[TableTrial, ...]:
    """What became of the rows of each table; ``moved`` names columns by table that are not looked at."""
    with _reading(before) as was, _reading(after) as now:
        names = sorted({*was.columns, *now.columns})
        return tuple(_table(name, was, now, moved.get(name, set())) for name in names)


def moved_since(number: str, *, versions: Path = migrations.VERSIONS) -> dict[str, set[str]]:
    """Columns by table that the migrations after a number keep in another form."""
    moved: dict[str, set[str]] = {}
    for script in migrations.scripts(versions).iterate_revisions("head", number):
        for table, columns in getattr(script.module, "MOVED", {}).items():
            moved.setdefault(table, set()).update(columns)
    return moved


class _Side:
    """A store before or after, with the columns of its tables; those of the search index are not looked at."""

    def __init__(self, backend: Sqlite, conn: Connection) -> None:
        self._conn = conn
        self.columns = {
            table: [column["name"] for column in columns]
            for (_, table), columns in sa.inspect(conn).get_multi_columns().items()
            if table != migrations.NUMBERS and not backend.is_own(table)
        }

    def rows(self, table: str, columns: Iterable[str]) -> Counter[int]:
        """How often which row is there, by a hash of 64 bits; a column that is not there is empty in each."""
        if table not in self.columns:
            return Counter()
        there = set(self.columns[table])
        chosen = [sa.column(name) if name in there else sa.null() for name in columns]
        statement = sa.select(sa.literal(table), *chosen).select_from(sa.table(table))
        rows = self._conn.execution_options(yield_per=_BATCH).execute(statement)
        return Counter(hash(tuple(row)) for row in rows)


def _table(name: str, was: _Side, now: _Side, moved: set[str]) -> TableTrial:
    columns = [column for column in was.columns.get(name, ()) if column not in moved]
    left, there = was.rows(name, columns), now.rows(name, columns)
    return TableTrial(table=name, before=left.total(), after=there.total(), lost=(left - there).total())


def _number(file: Path) -> str:
    backend = Sqlite(file)
    try:
        return migrations.version(backend.engine) or migrations.HEAD
    finally:
        backend.engine.dispose()


@contextmanager
def _reading(file: Path) -> Iterator[_Side]:
    backend = Sqlite(file)
    try:
        with backend.engine.execution_options(oversight_mode=Mode.READ).connect() as conn:
            yield _Side(backend, conn)
    finally:
        backend.engine.dispose()
