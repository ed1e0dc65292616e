"""Opens the store from a path or an address. A further engine is one more line and one more module."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from storage import migrations
from storage.database import Backend
from storage.errors import StoreError
from storage.sqlite import Sqlite
from storage.store import Store


def open_store(url_or_path: str | Path, *, migrate: bool = False) -> Store:
    """Open a store, made where there is none; ``migrate`` brings an old one up to date.

    Takes a path or ``sqlite:///path``. Raises `SchemaTooOld`, `SchemaTooNew`, `SchemaMixed`, `StoreUnreadable`.
    """
    backend = backend_for(url_or_path)
    try:
        migrations.prepare(backend, upgrade=migrate)
    except (sa.exc.DBAPIError, backend.error) as error:
        backend.engine.dispose()
        raise backend.translate(error) from error
    except StoreError:
        backend.engine.dispose()
        raise
    return Store(backend)


def backend_for(url_or_path: str | Path) -> Backend:
    """The engine behind an address, not yet opened. Raises `StoreError` for one that we do not know."""
    return Sqlite(file_behind(url_or_path))


def file_behind(url_or_path: str | Path) -> Path:
    """The file of a store's address, which need not be there. Raises `StoreError` for another engine's."""
    text = str(url_or_path)
    if "://" not in text:
        return Path(text).absolute()
    url = make_url(text)
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        raise StoreError(f"A store at {url.render_as_string()} is not supported.", mend="Name a file.")
    return Path(url.database).absolute()
