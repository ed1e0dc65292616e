"""Half-migrated stores: a killed migration is completed, and tables of another version are refused, unchanged."""

from __future__ import annotations

import gzip
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from storage import migrations
from storage.engines import open_store
from storage.errors import SchemaMixed

PAST = Path(__file__).parent / "past"
NEWEST_PAST = max(PAST.glob("*.db.gz"))
KILLED = """
import os, signal, sys
from storage.engines import open_store
from storage.sqlite import Sqlite

Sqlite.complete = lambda _self: os.kill(os.getpid(), signal.SIGKILL)
open_store(sys.argv[1], migrate=True)
"""
#: what was done to a store of today -> what the refusal says
ODD = {
    "DELETE FROM alembic_version": "no number",
    "DROP TABLE alembic_version": "no number",
    "INSERT INTO alembic_version VALUES ('0001')": "the numbers 0001 and",
    "UPDATE alembic_version SET version_num = '0000'": "no version of the program had the number 0000",
    "UPDATE alembic_version SET version_num = '0001'": "already exists",
    "DROP TABLE links": "there is no table links",
    "ALTER TABLE verdicts DROP COLUMN person": "the table verdicts has no person",
}


def store_at(path: Path, past: Path, *, migrate: bool) -> Path:
    path.write_bytes(gzip.decompress(past.read_bytes()))
    if migrate:
        open_store(path, migrate=True).close()
    return path


def dumped(path: Path) -> list[str]:
    """Everything in a store, as SQL."""
    with closing(sqlite3.connect(path)) as raw:
        return list(raw.iterdump())


@pytest.mark.parametrize(("done", "why"), ODD.items(), ids=ODD)
def test_tables_of_another_version_are_refused_and_left_alone(tmp_path: Path, done: str, why: str) -> None:
    path = store_at(tmp_path / "oversight.db", NEWEST_PAST, migrate=True)
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript(done)
    before = dumped(path)
    with pytest.raises(SchemaMixed, match=f"half migrated: .*{why}.*backup.*oversight migrate"):
        open_store(path, migrate=True)
    assert dumped(path) == before


def test_an_old_store_with_less_than_its_tables_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = store_at(tmp_path / "oversight.db", PAST / "0001.db.gz", migrate=False)
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript("DROP TABLE nonces")
    before = dumped(path)
    with pytest.raises(SchemaMixed, match="there is no table nonces"):
        open_store(path, migrate=True)
    assert dumped(path) == before


def test_a_migration_that_is_killed_before_the_search_index_is_completed(tmp_path: Path) -> None:
    path = store_at(tmp_path / "oversight.db", PAST / "0001.db.gz", migrate=False)
    with closing(sqlite3.connect(path)) as raw:  # as a migration that copies both tables leaves them
        for trigger in ("audit_log_no_update", "audit_log_no_delete", "revisions_ai", "revisions_au"):
            raw.execute(f"DROP TRIGGER {trigger}")
        raw.execute("DELETE FROM revisions_fts")
        raw.commit()
    killed = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT version_num FROM alembic_version").fetchone() == (migrations.HEAD,)
    with open_store(path) as store:
        assert store.audit.verify() == 19
    with closing(sqlite3.connect(path)) as raw:
        found = "SELECT count(*) FROM revisions_fts WHERE revisions_fts MATCH 'guaranteed'"
        assert raw.execute(found).fetchone() == (6,)
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            raw.execute("DELETE FROM audit_log")
