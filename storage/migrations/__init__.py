"""Numbered changes of the tables. Start refuses a store that needs one; ``oversight migrate`` applies them.

A store made from nothing gets the tables of ``schema`` and is stamped with the newest number. A change to
``schema`` needs a new file in ``versions`` beside it, which brings stores with people's data along. Columns
whose content it keeps in another form stand in its ``MOVED``, by table, so that ``oversight migrate --check``
does not take them for lost; each needs a test of its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from storage.database import Backend, Mode
from storage.errors import SchemaMixed, SchemaTooNew, SchemaTooOld, StoreError, StoreUnreadable
from storage.schema import audit_head, brands, metadata

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

HEAD = "0007"  #: number of the newest file in ``versions``
VERSIONS = Path(__file__).parent / "versions"
NUMBERS = "alembic_version"  #: table with the number of the schema
_VERSION = sa.Table(NUMBERS, sa.MetaData(), sa.Column("version_num", sa.String(32), primary_key=True))


def prepare(backend: Backend, *, upgrade: bool) -> None:
    """Make the tables where there are none, and refuse or upgrade an old store.

    Raises `SchemaTooOld`, `SchemaTooNew`, `SchemaMixed`, and `StoreUnreadable` for somebody else's database.
    """
    found = version(backend.engine)
    if found is None:
        _create(backend)
    elif found > HEAD:
        raise SchemaTooNew(
            f"The store has version {found}, this program {HEAD}.", mend="Install the newer program."
        )
    elif found < HEAD:
        if not upgrade:
            raise SchemaTooOld(
                f"The store has version {found}, this program needs {HEAD}.", mend="Run: oversight migrate"
            )
        migrate(backend)
    with _reading(backend.engine) as conn:
        _refuse_mixed(conn)
        complete = backend.is_complete(conn)
    if not complete:  # whoever made or migrated the tables was killed before the rest
        backend.complete()


def version(engine: Engine) -> str | None:
    """The store's number, None where there is none yet. Raises `SchemaMixed` where there are several."""
    with _reading(engine) as conn:
        return _version(conn)


def migrate(backend: Backend, *, versions: Path = VERSIONS) -> None:
    """Apply what is missing, in one transaction.

    Raises `SchemaMixed` where a step does not fit the tables that are there; nothing is kept then.
    """
    try:
        with backend.engine.execution_options(oversight_mode=Mode.MIGRATION).begin() as conn:
            _apply(conn, versions)
            _refuse_mixed(conn)
            if broken := backend.broken_references(conn):
                raise StoreUnreadable(f"The migration was not kept: {broken[0]}.")
        backend.complete()  # triggers go with a table that was copied
    except sa.exc.DBAPIError as error:
        ours = backend.translate(error)
        # A full disk or a busy store has a class of its own; what is left is a step that does not fit.
        raise SchemaMixed(str(error.orig)) if type(ours) is StoreError else ours from error
    finally:
        backend.engine.dispose()  # connections that do not check references are not used again


def scripts(versions: Path = VERSIONS) -> ScriptDirectory:
    """The numbered changes, as alembic reads them."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(Path(__file__).parent), version_locations=[str(versions)])


def _apply(conn: Connection, versions: Path) -> None:
    from alembic import command  # slow to import and rarely needed
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("version_locations", str(versions))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = conn
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise SchemaMixed(f"no version of the program had the number {_version(conn)}") from error


def _reading(engine: Engine) -> Connection:
    return engine.execution_options(oversight_mode=Mode.READ).connect()


def _version(conn: Connection) -> str | None:
    if not sa.inspect(conn).has_table(NUMBERS):
        return None
    numbers = conn.scalars(sa.select(_VERSION.c.version_num).order_by(_VERSION.c.version_num)).all()
    if len(numbers) > 1:
        raise SchemaMixed(f"it has the numbers {' and '.join(numbers)}")
    return numbers[0] if numbers else None


def _refuse_mixed(conn: Connection) -> None:
    """Raises `SchemaMixed` where a store with our number has not our tables."""
    if _version(conn) != HEAD:
        return
    found = sa.inspect(conn).get_multi_columns()
    for table in metadata.sorted_tables:
        columns = {column["name"] for column in found.get((None, table.name), ())}
        if not columns:
            raise SchemaMixed(f"its number is {HEAD}, and there is no table {table.name}")
        if missing := sorted(set(table.columns.keys()) - columns):
            raise SchemaMixed(f"its number is {HEAD}, and the table {table.name} has no {missing[0]}")


def _create(backend: Backend) -> None:
    # The number comes last: a crash in between leaves a store that the next start completes.
    with backend.engine.begin() as conn:
        _refuse_strangers(conn, backend)
        _refuse_unnumbered(conn)
        metadata.create_all(conn)
        if conn.scalar(sa.select(audit_head.c.id)) is None:
            conn.execute(audit_head.insert().values(id=1, seq=0, hash=""))
    backend.complete()
    with backend.engine.begin() as conn:
        _VERSION.create(conn, checkfirst=True)
        if conn.scalar(sa.select(_VERSION.c.version_num)) is None:
            conn.execute(_VERSION.insert().values(version_num=HEAD))


def _refuse_strangers(conn: Connection, backend: Backend) -> None:
    strangers = set(sa.inspect(conn).get_table_names()) - set(metadata.tables) - {NUMBERS}
    if theirs := sorted(name for name in strangers if not backend.is_own(name)):
        raise StoreUnreadable(
            f"The database holds somebody else's tables ({', '.join(theirs[:3])}).",
            mend="Name another file.",
        )


def _refuse_unnumbered(conn: Connection) -> None:
    """Raises `SchemaMixed` for tables with somebody's data and no number: they may be of any version."""
    if sa.inspect(conn).has_table(brands.name) and conn.scalar(sa.select(brands.c.id).limit(1)):
        raise SchemaMixed("it holds posts, and no number")
