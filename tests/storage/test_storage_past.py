"""Stores of each earlier schema, made by the code of their time (past/), open with nothing lost."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from policies.model.cases.flagged import FLAGGED
from policies.model.keys import PostKey
from storage import migrations
from storage.engines import open_store
from storage.errors import SchemaTooOld
from storage.sqlite import Sqlite

PAST = Path(__file__).parent / "past"
VERSIONS = sorted(file.name.removesuffix(".db.gz") for file in PAST.glob("*.db.gz"))
#: table -> columns whose content a later schema keeps in another form; each has a test of its own below
MOVED: dict[str, set[str]] = {"alembic_version": {"version_num"}}

BROKEN = '''"""Adds a table, then fails.

Revision ID: {number}
"""
import sqlalchemy as sa
from alembic import op

revision = "{number}"
down_revision = "{before}"


def upgrade() -> None:
    op.create_table("half", sa.Column("id", sa.Integer))
    op.execute("INSERT INTO posts (id) VALUES ('not all that a post needs')")
'''


@pytest.fixture(params=VERSIONS)
def past(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A store as an earlier program left it."""
    path = tmp_path / "oversight.db"
    path.write_bytes(gzip.decompress((PAST / f"{request.param}.db.gz").read_bytes()))
    return path


def tables(path: Path) -> dict[str, list[str]]:
    """Our tables with their columns; the search index is made anew and not looked at."""
    with closing(sqlite3.connect(path)) as raw:
        named = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'revisions_fts%'"
        names = [row[0] for row in raw.execute(named)]
        return {name: [row[1] for row in raw.execute(f"PRAGMA table_info({name})")] for name in names}


def rows(path: Path, table: str, columns: list[str]) -> Iterator[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as raw:
        chosen = ", ".join(f'"{column}"' for column in columns)
        yield from raw.execute(f"SELECT {chosen} FROM {table} ORDER BY {chosen}").fetchall()


def test_there_is_a_store_of_each_earlier_schema() -> None:
    numbers = [file.name[:4] for file in migrations.VERSIONS.glob("[0-9]*.py")]
    assert len(numbers) == len(set(numbers)), "of two with one number only one would run"
    assert set(numbers) - {migrations.HEAD} <= set(VERSIONS)


def test_each_table_of_a_past_store_has_a_row_to_lose(past: Path) -> None:
    for table, columns in tables(past).items():
        assert list(rows(past, table, columns)), table


def test_an_old_store_is_refused_until_it_is_migrated(past: Path) -> None:
    if migrations.version(engine := Sqlite(past).engine) != migrations.HEAD:
        with pytest.raises(SchemaTooOld, match="oversight migrate"):
            open_store(past)
    engine.dispose()
    open_store(past, migrate=True).close()
    open_store(past).close()


def test_every_row_is_there_after_migrating(past: Path, tmp_path: Path) -> None:
    before = tmp_path / "before.db"
    before.write_bytes(past.read_bytes())
    open_store(past, migrate=True).close()
    now = tables(past)
    for table, columns in tables(before).items():
        same = [name for name in columns if name not in MOVED.get(table, ())]
        assert set(same) <= set(now[table]), table
        if same:
            assert list(rows(past, table, same)) == list(rows(before, table, same)), table


def test_each_case_is_about_the_post_that_it_was_about(past: Path) -> None:
    key = "platform || '/' || account || '/' || external_id"
    about = f"SELECT cases.id, {key} FROM cases JOIN posts ON posts.id = post_id"
    with closing(sqlite3.connect(past)) as raw:
        before = dict(raw.execute(about))
    assert before
    with open_store(past, migrate=True) as store:
        cases = [view.case for brand in store.brands.names() for view in store.cases.find(brand)]
    assert {case.id: case.subject for case in cases} == before
    assert {case.kind for case in cases} == {FLAGGED}


def test_what_was_said_lately_is_assessed_after_migrating(past: Path) -> None:
    with open_store(past, migrate=True) as store:
        found = {
            key for brand in store.brands.names() for key in store.conversations.touched(brand, limit=999)
        }
    with closing(sqlite3.connect(past)) as raw:
        threads = set(raw.execute("SELECT platform, account, thread_id FROM posts"))
    assert {(key.account.platform, key.account.handle, key.thread_id) for key in found} == threads


ODD = (253_402_300_799_999_999, -62_135_596_800_000_000)  # the last and the first moment of the calendar


@pytest.mark.parametrize("odd", ODD)
def test_times_that_cannot_be_are_kept_as_told_and_not_computed_with(past: Path, odd: int) -> None:
    with closing(sqlite3.connect(past)) as raw:
        raw.execute("UPDATE posts SET created_at = ?, deleted_at = ? WHERE id = 1", (odd, odd))
        raw.execute("UPDATE revisions SET edited_at = ? WHERE post_id = 1", (odd,))
        raw.commit()
    others = list(rows(past, "posts WHERE id > 1", ["id", "created_at", "deleted_at"]))
    with open_store(past, migrate=True) as store:
        with closing(sqlite3.connect(past)) as raw:
            identity = "SELECT platform, account, external_id FROM posts WHERE id = 1"
            platform, account, external_id = raw.execute(identity).fetchone()
        found = store.posts.get(PostKey(platform=platform, account=account, external_id=external_id))
        assert found
        assert found.post.created_at == found.first_seen_at
        assert (found.post.told_at or "").startswith(("9999-12-31T23:59:59", "0001-01-01"))
        assert found.post.deleted_at is not None
        assert 2000 < found.post.deleted_at.year < 2100
        assert found.post.edited_at is not None
        assert 2000 < found.post.edited_at.year < 2100
        assert found.post.thread_key in store.conversations.touched(found.brand, limit=999)
    assert list(rows(past, "posts WHERE id > 1", ["id", "created_at", "deleted_at"])) == others


def test_a_migrated_store_is_whole(past: Path) -> None:
    with open_store(past, migrate=True) as store:
        assert store.upkeep.integrity() == []
        assert store.audit.verify() == len(list(rows(past, "audit_log", ["seq"]))) >= 19
    with closing(sqlite3.connect(past)) as raw:
        found = "SELECT count(*) FROM revisions_fts WHERE revisions_fts MATCH 'guaranteed'"
        assert raw.execute(found).fetchone() == (6,)
        assert raw.execute(found.replace("guaranteed", "guarantees")).fetchone() == (6,), "by its stem"


def test_a_migration_that_fails_leaves_the_store_as_it_was(past: Path, tmp_path: Path) -> None:
    versions, number = tmp_path / "versions", f"{int(migrations.HEAD) + 1:04}"
    versions.mkdir()
    for known in migrations.VERSIONS.glob("[0-9]*.py"):
        (versions / known.name).write_text(known.read_text())
    (versions / f"{number}_broken.py").write_text(BROKEN.format(number=number, before=migrations.HEAD))
    before = {table: list(rows(past, table, columns)) for table, columns in tables(past).items()}
    with pytest.raises(Exception, match=r"datatype mismatch|NOT NULL"):
        migrations.migrate(Sqlite(past), versions=versions)
    assert {table: list(rows(past, table, columns)) for table, columns in tables(past).items()} == before
    open_store(past, migrate=True).close()
