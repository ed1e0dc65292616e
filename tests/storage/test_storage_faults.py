"""Faults that really happen here: killed processes, crowds, a full disk, lost power, a second daemon."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import store_work
from store_values import BRAND, NOW, OWN, OWNER, X, ask, at, flagged, key, log, message, post, save

from bot.queue.embedded import EmbeddedQueue
from bot.queue.port import Job, Subject
from policies.model.cases.flagged import FlaggedAction
from storage import sqlite
from storage.engines import open_store
from storage.errors import StoreBusy, StoreFull, StoreLocked
from storage.lock import daemon_lock
from storage.schema import metadata
from storage.sqlite import Sqlite
from storage.store import Store

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["storage.engines", "store_work"])


def rows(path: Path) -> dict[str, list[Any]]:
    """Everything in the store, in the order of the rows' keys."""
    engine = Sqlite(path).engine
    with engine.connect() as conn:
        found = {
            name: [tuple(row) for row in conn.execute(sa.select(table).order_by(*table.primary_key))]
            for name, table in metadata.tables.items()
        }
    engine.dispose()
    return found


def start(work: Any, *arguments: Any) -> Any:
    process = PROCESSES.Process(target=work, args=arguments)
    process.start()
    return process


def kill_and_resume(path: Path, *, pages: int, kills: int, seed: int) -> int:
    """Run the poll to its end, killing it on the way; how many kills hit it before the end."""
    rng, hits = random.Random(seed), 0
    for _ in range(kills):
        child = start(store_work.poll, path, pages)
        time.sleep(rng.uniform(0.0, 0.15))
        child.kill()
        child.join()
        hits += child.exitcode == -signal.SIGKILL
        with open_store(path) as store:
            held = ask(path, "SELECT count(*) FROM posts")[0][0]
            assert held == store_work.pages_in(store) * store_work.PAGE  # never ahead of its data
    child = start(store_work.poll, path, pages)
    child.join()
    assert child.exitcode == 0
    return hits


@pytest.mark.parametrize(
    ("pages", "kills"), [(30, 10), pytest.param(150, 50, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])]
)
@pytest.mark.fault(1, 2)
def test_killed_at_random_points_gives_the_same_store(tmp_path: Path, pages: int, kills: int) -> None:
    store_work.poll(tmp_path / "whole.db", pages)
    assert kill_and_resume(tmp_path / "killed.db", pages=pages, kills=kills, seed=pages) > 0
    whole, killed = rows(tmp_path / "whole.db"), rows(tmp_path / "killed.db")
    for name, expected in whole.items():
        if name not in {"audit_log", "audit_head"}:
            assert killed[name] == expected, name
    assert [row[:6] for row in killed["audit_log"]] == [row[:6] for row in whole["audit_log"]]
    assert {name: len(found) for name, found in whole.items()}["posts"] == pages * store_work.PAGE
    with open_store(tmp_path / "killed.db") as store:
        assert store.upkeep.integrity() == []
        assert store.audit.verify() == len(whole["audit_log"])
        assert len(store.posts.search(BRAND, "guaranteed", limit=10**6)) == pages * 2


@pytest.mark.parametrize(
    "decisions", [25, pytest.param(1000, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])]
)
@pytest.mark.fault(12)
def test_eight_processes_decide_at_once(tmp_path: Path, decisions: int) -> None:
    path = tmp_path / "oversight.db"
    with open_store(path) as store:
        store.brands.sync(BRAND, accounts=[], people=[OWNER], now=NOW)
        numbers = [flagged(store, n + 1) for n in range(store_work.CASES)]
        before = store.audit.verify()
        crowd = [start(store_work.decide, path, worker, decisions) for worker in range(8)]
        for child in crowd:
            child.join()
        assert [child.exitcode for child in crowd] == [0] * 8
        assert store.audit.verify() == before + 8 * decisions
        notes = {event.note for number in numbers for event in store.cases.get(BRAND, number).case.events}
        assert notes == {f"{worker}/{n}" for worker in range(8) for n in range(decisions)}
        said = "SELECT count(*) AS n FROM verdicts"
        assert ask(path, said) == [(8 * decisions,)]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 3 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk is not permitted here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.fault(10)
def test_a_full_disk_loses_nothing_and_goes_on_when_there_is_room(small_disk: Path, tmp_path: Path) -> None:
    path, ballast = small_disk / "oversight.db", small_disk / "ballast"
    ballast.write_bytes(b"x" * 1_000_000)
    with open_store(path) as store:
        store.brands.sync(BRAND, accounts=[], people=[], now=NOW)
        child = start(store_work.fill, path, tmp_path / "said")
        child.join()
        assert child.exitcode == 0
        kept, permanent, said = (tmp_path / "said").read_text().split(" ", 2)
        assert permanent == "False"
        assert "Make room" in said
        ballast_left = small_disk / "rest"
        with pytest.raises(StoreFull):
            _ping_until_full(store, ballast_left)
        assert store.upkeep.integrity() == []
        assert store.streams.cursor(OWN) == {"kept": int(kept)}
        ballast.unlink()
        ballast_left.unlink()
        store.upkeep.ping()
        save(store, post("after", "room"), cursor={"kept": int(kept) + 1})
        assert ask(path, "SELECT count(*) FROM posts") == [(int(kept) + 1,)]
        assert store.upkeep.integrity() == []


def _ping_until_full(store: Store, rest: Path) -> None:
    for _ in range(1000):  # the log of the store has some room of its own
        _take_all(rest)
        store.upkeep.ping()


def _take_all(path: Path) -> None:
    with path.open("ab", buffering=0) as file:
        try:
            while file.write(b"x" * 4096):
                pass
        except OSError:
            return


def test_a_file_that_may_not_grow_is_refused_whole(store: Store) -> None:
    assert store.path is not None
    engine = store.backend.engine
    sa.event.listen(engine, "begin", lambda conn: conn.exec_driver_sql("PRAGMA max_page_count=1"))
    big = [post(n, "x" * 5000) for n in range(100)]
    with pytest.raises(StoreFull):
        save(store, *big, cursor={"n": 1})
    assert store.streams.cursor(OWN) is None
    assert store.posts.known(X, [str(n) for n in range(100)]) == set()


@pytest.mark.fault(11)
def test_an_acknowledged_decision_is_on_disk(store: Store, tmp_path: Path) -> None:
    """What lies on the disk right after the answer, without anything that a clean end would add."""
    number = flagged(store, 1)
    store.cases.act(BRAND, number, FlaggedAction.ACCEPT, person=OWNER, note="fine", now=NOW)
    lost = tmp_path / "after power loss"
    lost.mkdir()
    for name in ("oversight.db", "oversight.db-wal"):
        shutil.copy(tmp_path / name, lost / name)
    with open_store(lost / "oversight.db") as survivor:
        assert survivor.cases.get(BRAND, number).case.closed
        assert survivor.audit.verify() == store.audit.verify()


@pytest.mark.fault(11)
def test_what_people_rely_on_is_synced(store: Store) -> None:
    said: list[str] = []
    sa.event.listen(
        store.backend.engine,
        "before_cursor_execute",
        lambda conn, cursor, statement, *rest: said.append(statement),
    )

    def levels(work: Any) -> set[str]:
        said.clear()
        work()
        return {level for level, begin in pairwise(said) if begin == "BEGIN IMMEDIATE"}

    full, normal = "PRAGMA synchronous=FULL", "PRAGMA synchronous=NORMAL"
    assert levels(lambda: save(store, post(1))) == {normal}
    number = flagged(store, 2)
    assert levels(lambda: flagged(store, 3)) == {normal, full}
    act = {"person": OWNER, "note": "", "now": NOW}
    assert levels(lambda: store.cases.act(BRAND, number, FlaggedAction.ACCEPT, **act)) == {full}
    assert levels(lambda: log(store, BRAND)) == {full}
    digest = {"slot": "s", "since": NOW, "until": NOW, "message": message("d", "digest"), "now": NOW}
    assert levels(lambda: store.digests.save(BRAND, **digest)) == {full}


@pytest.mark.fault(9)
def test_a_clock_that_goes_back_makes_no_second_digest(store: Store) -> None:
    def digest(minute: float, name: str) -> bool:
        note = message(name, "digest")
        return store.digests.save(
            BRAND, slot="2026-11-20T18:00", since=at(-60), until=at(minute), message=note, now=at(minute)
        )

    assert digest(0, "first")
    assert not digest(-60, "second")
    assert [m.key for m in store.outbox.find(BRAND)] == ["first"]
    queue, job = EmbeddedQueue(store), Job(name="digest", subject=Subject(brand=BRAND))
    queue.ensure(job, due_at=at(60))
    queue.ensure(job, due_at=at(0))
    assert queue.due(at(-60), 9) == []


HOLD = """
import sys, time
from datetime import datetime, UTC
from pathlib import Path
from storage.lock import daemon_lock
with daemon_lock(Path(sys.argv[1]), now=datetime(2026, 11, 20, 12, tzinfo=UTC)):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.mark.fault(6)
def test_a_second_daemon_is_refused_until_the_first_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "oversight.db"
    first = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True)
    try:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        with pytest.raises(StoreLocked, match=f"process {first.pid}, since 2026-11-20T12:00:00") as refused:
            _hold(path)
        assert "Stop it first" in refused.value.mend
    finally:
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    with daemon_lock(path, now=NOW), pytest.raises(StoreLocked), daemon_lock(path, now=NOW):
        pytest.fail("two daemons in one process")
    with daemon_lock(path, now=NOW):
        assert str(os.getpid()) in path.with_name("oversight.db.lock").read_text()


def _hold(path: Path) -> None:
    with daemon_lock(path, now=NOW):
        pytest.fail("two daemons on one store")


def test_a_writer_that_never_ends_is_named_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.1)
    with open_store(tmp_path / "oversight.db") as store:
        other = sqlite3.connect(tmp_path / "oversight.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy, match="Try again"):
            store.upkeep.ping()
        assert store.brands.names() == []  # readers do not wait
        other.execute("ROLLBACK")
        other.close()
        store.upkeep.ping()


def test_many_threads_share_one_store(store: Store) -> None:
    from concurrent.futures import ThreadPoolExecutor

    numbers = [flagged(store, n) for n in range(8)]

    def work(number: int) -> None:
        for n in range(4):
            store.cases.act(BRAND, number, FlaggedAction.UPHOLD, person=OWNER, note=str(n), now=at(n))
            assert len(store.cases.get(BRAND, number).case.events) == n + 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, numbers))
    assert len(store.audit.find(BRAND, limit=1000)) == 8 + 32
    store.audit.verify()
    assert store.posts.mark_deleted([key(n) for n in range(8)], now=NOW) == 8
