"""A fresh store for each test, on each engine that the contract holds for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Connection
from store_values import AGENCY, BRAND, NOW, OWNER, X

from storage.database import Database, Mode, Part
from storage.engines import open_store
from storage.store import Store


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'oversight.db'}"


class _Begun(threading.local):
    transactions = 0


BEGUN = _Begun()


@pytest.fixture(autouse=True)
def counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Transactions are counted, for each thread by itself."""
    begin = Database._transaction

    def counting(db: Database, mode: Mode) -> AbstractContextManager[Connection]:
        BEGUN.transactions += 1
        return begin(db, mode)

    monkeypatch.setattr(Database, "_transaction", counting)


def hold_to_one_transaction(part: Part) -> None:
    """From now on a public method of this part fails where it begins a second transaction."""
    for name in dir(part):
        method = getattr(part, name)
        if not name.startswith("_") and callable(method):
            setattr(part, name, _held(method))


def _held(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def call(*arguments: Any, **named: Any) -> Any:
        before = BEGUN.transactions
        result = method(*arguments, **named)
        assert BEGUN.transactions - before <= 1, f"{method.__qualname__} is more than one transaction"
        return result

    return call


ENGINES = {"sqlite": sqlite_url}  # another engine is one more line: a function from a folder to an address


@pytest.fixture(params=sorted(ENGINES))
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a store that is not there yet."""
    return ENGINES[request.param](tmp_path)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An open store with one brand."""
    with open_store(url) as opened:
        opened.brands.sync(BRAND, accounts=[X], people=[OWNER, AGENCY], now=NOW)
        for part in vars(opened).values():
            if isinstance(part, Part):
                hold_to_one_transaction(part)
        yield opened
