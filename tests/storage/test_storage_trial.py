"""`migrate --check`: a migration tried on a copy, which says what would be lost, and changes nothing."""

from __future__ import annotations

import gzip
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from storage import migrations
from storage.engines import open_store
from storage.errors import SchemaTooNew, StoreError, StoreUnreadable
from storage.trial import compare, moved_since, try_migration

PAST = sorted((Path(__file__).parent / "past").glob("*.db.gz"))
MOVING = '''"""Keeps the notes in another form.

Revision ID: {number}
"""

revision = "{number}"
down_revision = "{before}"
MOVED = {{"case_events": {{"note"}}}}


def upgrade() -> None:
    """Nothing, for the test."""
'''


@pytest.fixture(params=PAST, ids=lambda file: file.name[:4])
def past(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A store as an earlier program left it."""
    path = tmp_path / "oversight.db"
    path.write_bytes(gzip.decompress(request.param.read_bytes()))
    return path


@pytest.fixture
def today(tmp_path: Path) -> Path:
    """A store of this program with people's data."""
    path = tmp_path / "oversight.db"
    path.write_bytes(gzip.decompress(PAST[-1].read_bytes()))
    open_store(path, migrate=True).close()
    return path


def changed(path: Path, *statements: str) -> Path:
    """A copy of a store in which something was done."""
    copy = path.with_name("changed.db")
    shutil.copy(path, copy)
    with closing(sqlite3.connect(copy)) as raw:
        raw.executescript(";".join(statements))
    return copy


def compared(before: Path, after: Path, **moved: set[str]) -> dict[str, tuple[int, int, int]]:
    """Rows before, after and lost of each table that is not as it was."""
    tables = compare(before, after, moved=moved)
    found = {table.table: (table.before, table.after, table.lost) for table in tables}
    return {name: (was, now, lost) for name, (was, now, lost) in found.items() if lost or was != now}


def ask(path: Path, question: str) -> Any:
    with closing(sqlite3.connect(path)) as raw:
        return raw.execute(question).fetchone()[0]


def test_a_past_store_would_lose_nothing_and_is_only_read(past: Path) -> None:
    past.chmod(0o640)
    before, number = past.read_bytes(), ask(past, "SELECT version_num FROM alembic_version")
    trial = try_migration(past)
    assert (trial.found, trial.head) == (number, migrations.HEAD)
    assert {table.lost for table in trial.tables} == {0}
    posts = ask(past, "SELECT count(*) FROM posts")
    assert {(table.before, table.after) for table in trial.tables if table.table == "posts"} == {
        (posts, posts)
    }
    assert (past.read_bytes(), past.stat().st_mode & 0o777) == (before, 0o640)
    assert not list(past.parent.glob(".migrate-check-*"))


def test_a_store_that_is_up_to_date_stays_as_it_is(today: Path) -> None:
    trial = try_migration(today)
    assert trial.found == trial.head == migrations.HEAD
    assert all(table.before == table.after and not table.lost for table in trial.tables)
    assert {"posts", "cases", "audit_log"} <= {table.table for table in trial.tables}


def test_what_another_process_just_wrote_is_seen(today: Path) -> None:
    with closing(sqlite3.connect(today)) as raw:  # its rows are still in the -wal file
        raw.execute("INSERT INTO state (key, value) VALUES ('somebody', '1')")
        raw.commit()
        rows = ask(today, "SELECT count(*) FROM state")
        assert [table.before for table in try_migration(today).tables if table.table == "state"] == [rows]


def test_a_row_that_goes_or_changes_is_lost(today: Path) -> None:
    verdicts = ask(today, "SELECT count(*) FROM verdicts")
    gone = changed(today, "DELETE FROM verdicts WHERE id = (SELECT min(id) FROM verdicts)")
    assert compared(today, gone) == {"verdicts": (verdicts, verdicts - 1, 1)}
    other = changed(today, "UPDATE verdicts SET person = 'x' WHERE id = (SELECT min(id) FROM verdicts)")
    assert compared(today, other) == {"verdicts": (verdicts, verdicts, 1)}


def test_of_two_equal_rows_one_is_missed(today: Path) -> None:
    two = changed(today, "CREATE TABLE twice (word)", "INSERT INTO twice VALUES ('a'), ('a')")
    before = two.rename(two.with_name("before.db"))
    assert compared(before, changed(before, "DELETE FROM twice WHERE rowid = 1")) == {"twice": (2, 1, 1)}


def test_what_stood_in_a_column_that_goes_is_lost(today: Path) -> None:
    narrow = changed(today, "ALTER TABLE cases DROP COLUMN closed_by")
    cases, closed = ask(today, "SELECT count(*) FROM cases"), ask(today, "SELECT count(closed_by) FROM cases")
    assert 0 < closed < cases
    assert compared(today, narrow) == {"cases": (cases, cases, closed)}
    assert compared(today, narrow, cases={"closed_by"}) == {}


def test_a_table_that_goes_is_lost_whole(today: Path) -> None:
    renamed = changed(today, "ALTER TABLE charges RENAME TO expenses")
    rows = ask(today, "SELECT count(*) FROM charges")
    assert compared(today, renamed) == {"charges": (rows, 0, rows), "expenses": (0, rows, 0)}


def test_a_migration_says_what_it_keeps_in_another_form(tmp_path: Path) -> None:
    for known in migrations.VERSIONS.glob("[0-9]*.py"):
        shutil.copy(known, tmp_path)
    number = f"{int(migrations.HEAD) + 1:04}"
    (tmp_path / "moving.py").write_text(MOVING.format(number=number, before=migrations.HEAD))
    assert moved_since(migrations.HEAD, versions=tmp_path) == {"case_events": {"note"}}
    assert moved_since(number, versions=tmp_path) == {}


def test_a_store_that_cannot_be_migrated_is_refused_as_migrating_would(today: Path) -> None:
    newer = changed(today, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaTooNew):
        try_migration(newer)
    newer.write_bytes(b"no database at all, only some text" * 100)
    with pytest.raises(StoreUnreadable, match="no store"):
        try_migration(newer)
    with pytest.raises(StoreError, match="not supported"):
        try_migration("postgresql://localhost/x")


def test_where_there_is_no_store_none_is_made(tmp_path: Path) -> None:
    with pytest.raises(StoreUnreadable, match="There is no store at"):
        try_migration(tmp_path / "oversight.db")
    assert list(tmp_path.iterdir()) == []
