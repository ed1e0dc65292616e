"""Numbered changes of the tables. Start refuses a store that needs one; ``oversight migrate`` applies them.

A store made from nothing gets the tables of ``schema.py`` and is stamped with the newest number. A change to
``schema.py`` needs a new file in ``versions`` beside it, which brings stores with people's data along.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from storage.database import Backend, Mode
from storage.errors import SchemaTooNew, SchemaTooOld, StoreUnreadable
from storage.schema import audit_head, metadata

HEAD = "0004"  #: number of the newest file in ``versions``
VERSIONS = Path(__file__).parent / "versions"
_VERSION = sa.Table(
    "alembic_version", sa.MetaData(), sa.Column("version_num", sa.String(32), primary_key=True)
)


def prepare(backend: Backend, *, upgrade: bool) -> None:
    """Make the tables where there are none, and refuse or upgrade an old store.

    Raises `SchemaTooOld`, `SchemaTooNew`, and `StoreUnreadable` for somebody else's database.
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


def version(engine: Engine) -> str | None:
    """The store's number, None where there is none yet."""
    with engine.connect() as conn:
        if not sa.inspect(conn).has_table(_VERSION.name):
            return None
        return conn.scalar(sa.select(_VERSION.c.version_num))


def migrate(backend: Backend, *, versions: Path = VERSIONS, target: str = "head") -> None:
    """Apply what is missing, in one transaction."""
    from alembic import command  # slow to import and rarely needed
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("version_locations", str(versions))
    config.set_main_option("path_separator", "os")
    try:
        with backend.engine.execution_options(oversight_mode=Mode.MIGRATION).begin() as conn:
            config.attributes["connection"] = conn
            command.upgrade(config, target)
            if broken := backend.broken_references(conn):
                raise StoreUnreadable(f"The migration was not kept: {broken[0]}.")
        backend.complete()  # triggers go with a table that was copied
    finally:
        backend.engine.dispose()  # connections that do not check references are not used again


def _create(backend: Backend) -> None:
    # The number comes last: a crash in between leaves a store that the next start completes.
    with backend.engine.begin() as conn:
        _refuse_strangers(conn, backend)
        metadata.create_all(conn)
        if conn.scalar(sa.select(audit_head.c.id)) is None:
            conn.execute(audit_head.insert().values(id=1, seq=0, hash=""))
    backend.complete()
    with backend.engine.begin() as conn:
        _VERSION.create(conn, checkfirst=True)
        if conn.scalar(sa.select(_VERSION.c.version_num)) is None:
            conn.execute(_VERSION.insert().values(version_num=HEAD))


def _refuse_strangers(conn: Connection, backend: Backend) -> None:
    strangers = set(sa.inspect(conn).get_table_names()) - set(metadata.tables)
    if theirs := sorted(name for name in strangers if not backend.is_own(name)):
        raise StoreUnreadable(
            f"The database holds somebody else's tables ({', '.join(theirs[:3])}).",
            mend="Name another file.",
        )
