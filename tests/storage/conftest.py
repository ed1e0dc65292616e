"""A fresh store for each test, on each engine that the contract holds for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from store_values import AGENCY, BRAND, NOW, OWNER, X

from storage.engines import open_store
from storage.store import Store


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'oversight.db'}"


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
        yield opened
