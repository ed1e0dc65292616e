"""The file of what is not yet in the store stays small, however many write and read at once."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from store_values import AGENCY, BRAND, NOW, OWNER, X, post, save

from storage import sqlite
from storage.engines import open_store
from storage.store import Store

WRITERS, PAGES = 8, 40


def _write(store: Store, writer: int) -> None:
    for page in range(PAGES):
        start = (writer * PAGES + page) * 10
        save(store, *(post(start + n, f"{start + n} " + "bread " * 800) for n in range(10)))


def _read(store: Store, until: threading.Event, number: int) -> None:
    """Look at one moment again and again, overlapping with the others, so that there is always a reader."""
    while not until.is_set():
        with store.snapshot() as seen:
            seen.posts.unjudged(BRAND, limit=20)
            time.sleep(0.05 + number * 0.01)


def _busy(path: Path) -> int:
    """The largest that the file became while eight wrote and four read."""
    ended, largest = threading.Event(), 0
    with open_store(path) as store:
        store.brands.sync(BRAND, accounts=[X], people=[OWNER, AGENCY], now=NOW)
        writers = [threading.Thread(target=_write, args=(store, n)) for n in range(WRITERS)]
        readers = [threading.Thread(target=_read, args=(store, ended, n)) for n in range(4)]
        for thread in (*readers, *writers):
            thread.start()
        while any(thread.is_alive() for thread in writers):
            largest = max(largest, path.with_name(f"{path.name}-wal").stat().st_size)
            time.sleep(0.01)
        ended.set()
        for thread in readers:
            thread.join()
        assert store.upkeep.integrity() == []
    return largest


def test_eight_who_write_and_four_who_read_leave_little_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "LARGEST_WAL", 4_000_000)
    # Some 100 MB are written as fast as the machine can; what comes while it waits for readers stands on top.
    assert _busy(tmp_path / "oversight.db") < 14 * sqlite.LARGEST_WAL
