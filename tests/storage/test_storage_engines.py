"""Opening: what is refused and with which mend, migrations, the guard of the audit log."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from store_values import AGENCY, BRAND, NOW, OWNER, X, flagged, log, post, save

from policies.model.cases.flagged import FlaggedAction
from storage import migrations
from storage.engines import open_store
from storage.errors import (
    AuditBroken,
    SchemaTooNew,
    SchemaTooOld,
    StoreError,
    StoreUnreadable,
    UnknownBrand,
)
from storage.schema import metadata
from storage.sqlite import Sqlite
from storage.store import Store

NUMBER = f"{int(migrations.HEAD) + 1:04}"
NEXT = f'''"""Adds a column by copying the table.

Revision ID: {NUMBER}
"""
import sqlalchemy as sa
from alembic import op

revision = "{NUMBER}"
down_revision = "{migrations.HEAD}"


def upgrade() -> None:
    """One more column, and a narrower one, which SQLite can only do by a copy."""
    with op.batch_alter_table("revisions") as table:
        table.add_column(sa.Column("shade", sa.Text))
        table.alter_column("lang", existing_type=sa.Text(), nullable=True, new_column_name="language")
'''


def test_a_new_store_is_private_and_opens_again(tmp_path: Path) -> None:
    path = tmp_path / "oversight.db"
    with open_store(path) as store:
        store.brands.sync(BRAND, accounts=[], people=[], now=NOW)
        assert {p.stat().st_mode & 0o777 for p in tmp_path.iterdir()} == {0o600}
        assert store.path == path
    with open_store(f"sqlite:///{path}") as store:
        assert store.brands.names() == [BRAND]
    path.chmod(0o644)
    open_store(path).close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_is_no_store_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("no database at all, only some text\n" * 100)
    with pytest.raises(StoreUnreadable, match="no store"):
        open_store(tmp_path / "text.db")
    with pytest.raises(StoreUnreadable, match="Check the folder"):
        open_store(tmp_path / "missing" / "oversight.db")
    with pytest.raises(StoreUnreadable, match="Check the folder"):
        open_store(tmp_path)
    stranger = sqlite3.connect(tmp_path / "stranger.db")
    stranger.execute("CREATE TABLE recipes (id)")
    stranger.commit()
    stranger.close()
    with pytest.raises(StoreUnreadable, match="recipes"):
        open_store(tmp_path / "stranger.db")
    with pytest.raises(StoreError, match="not supported"):
        open_store("postgresql://ada:secret@localhost/x")


def test_a_refusal_names_no_password() -> None:
    with pytest.raises(StoreError) as refused:
        open_store("postgresql://ada:secret@localhost/x")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("number", "error", "mend"),
    [("0000", SchemaTooOld, "oversight migrate"), ("9999", SchemaTooNew, "newer")],
)
def test_another_version_is_refused(tmp_path: Path, number: str, error: type, mend: str) -> None:
    path = tmp_path / "oversight.db"
    open_store(path).close()
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE alembic_version SET version_num = ?", (number,))
    with pytest.raises(error, match=mend):
        open_store(path)
    assert raw.execute("SELECT version_num FROM alembic_version").fetchone() == (number,)
    raw.close()


def test_a_migration_keeps_data_search_and_guard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, versions = tmp_path / "oversight.db", tmp_path / "versions"
    with open_store(path) as store:
        store.brands.sync(BRAND, accounts=[], people=[OWNER, AGENCY], now=NOW)
        save(store, post(1, "rye bread"))
        flagged(store, 2)
    versions.mkdir()
    for known in migrations.VERSIONS.glob("*.py"):
        (versions / known.name).write_text(known.read_text())
    (versions / f"{NUMBER}_shade.py").write_text(NEXT)
    backend = Sqlite(path)
    migrations.migrate(backend, versions=versions)
    assert migrations.version(backend.engine) == NUMBER
    backend.engine.dispose()
    raw = sqlite3.connect(path)
    assert raw.execute("SELECT text, shade FROM revisions ORDER BY id").fetchall()[0] == ("rye bread", None)
    found = "SELECT count(*) FROM revisions_fts WHERE revisions_fts MATCH 'rye'"
    assert raw.execute(found).fetchone() == (1,)
    raw.execute(
        "INSERT INTO revisions (post_id, number, text, media, seen_at, raw) VALUES (1,9,'rye','[]',0,'{}')"
    )
    assert raw.execute(found).fetchone() == (2,)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute("DELETE FROM audit_log")
    raw.close()
    with pytest.raises(SchemaTooNew):
        open_store(path)


def test_a_store_of_the_first_release_gets_the_table_of_examples(tmp_path: Path) -> None:
    path = tmp_path / "oversight.db"
    first = Path(__file__).parent / "past" / "0001.db.gz"
    path.write_bytes(gzip.decompress(first.read_bytes()))
    with pytest.raises(SchemaTooOld, match="oversight migrate"):
        open_store(path)
    with open_store(path, migrate=True) as store:
        act = {"person": OWNER, "note": "", "now": NOW, "remember": True}
        store.cases.act(BRAND, 4, FlaggedAction.FALSE_ALARM, **act)  # type: ignore[arg-type]
        assert [lesson.example.text for lesson in store.examples.find(BRAND)] == ["guaranteed 1"]
    assert _differences(path) == []


def test_migrating_a_store_that_is_up_to_date_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "oversight.db"
    with open_store(path, migrate=True) as store:
        store.brands.sync(BRAND, accounts=[], people=[OWNER], now=NOW)
        flagged(store, 1)
    before = dumped(path)
    open_store(path, migrate=True).close()
    assert dumped(path) == before


def dumped(path: Path) -> list[str]:
    """Everything in a store, as SQL."""
    with closing(sqlite3.connect(path)) as raw:
        return list(raw.iterdump())


def test_the_number_and_the_tables_fit_the_migrations(tmp_path: Path) -> None:
    folder = ScriptDirectory(
        str(Path(migrations.__file__).parent), version_locations=[str(migrations.VERSIONS)]
    )
    assert folder.get_current_head() == migrations.HEAD
    open_store(tmp_path / "oversight.db").close()
    assert _differences(tmp_path / "oversight.db") == []


def _differences(path: Path) -> list[object]:
    """What the tables of a store have otherwise than schema.py."""
    engine = Sqlite(path).engine
    with engine.connect() as conn:
        found = compare_metadata(MigrationContext.configure(conn), metadata)
    engine.dispose()
    ours = {table.name for table in metadata.tables.values()}
    return [difference for difference in found if getattr(difference[1], "name", "") in ours]


def test_a_creation_that_was_killed_is_completed(tmp_path: Path) -> None:
    path = tmp_path / "oversight.db"
    engine = Sqlite(path).engine
    with engine.begin() as conn:
        metadata.create_all(conn)
    engine.dispose()
    with open_store(path) as store:
        store.brands.sync(BRAND, accounts=[], people=[], now=NOW)
        save(store, post(1, "rye"))
        assert len(store.posts.search(BRAND, "rye")) == 1
        log(store, BRAND)
        assert store.audit.verify() == 1


def test_the_audit_log_cannot_be_changed(store: Store) -> None:
    log(store, BRAND)
    raw = sqlite3.connect(store.path or "")
    raw.execute("PRAGMA recursive_triggers=ON")
    for statement in (
        "UPDATE audit_log SET actor = 'x'",
        "DELETE FROM audit_log",
        "REPLACE INTO audit_log SELECT * FROM audit_log",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            raw.execute(statement)
    raw.close()


@pytest.mark.parametrize(
    ("change", "seq"),
    [
        ("UPDATE audit_log SET actor = 'nobody' WHERE seq = 2", 2),
        ("UPDATE audit_log SET at = at + 1 WHERE seq = 3", 3),
        ("UPDATE audit_log SET hash = hash || '0' WHERE seq = 4", 4),
        ("DELETE FROM audit_log WHERE seq = 2", 2),
        ("DELETE FROM audit_log WHERE seq = 4", 4),
    ],
)
def test_a_change_behind_our_back_shows(store: Store, change: str, seq: int) -> None:
    for n in range(4):
        log(store, BRAND, n=n)
    raw = sqlite3.connect(store.path or "")
    raw.executescript(f"DROP TRIGGER audit_log_no_update; DROP TRIGGER audit_log_no_delete; {change}")
    raw.close()
    with pytest.raises(AuditBroken) as broken:
        store.audit.verify()
    assert broken.value.seq == seq


def test_damage_is_found(store: Store) -> None:
    save(store, post(1))
    raw = sqlite3.connect(store.path or "")
    raw.execute("UPDATE revisions SET post_id = 99")
    raw.commit()
    raw.close()
    assert any("broken reference" in line for line in store.upkeep.integrity())


def test_errors_say_what_mends_them(store: Store) -> None:
    with pytest.raises(UnknownBrand) as unknown:
        store.brands.put_policies("nobody", "1", "", now=NOW)
    assert str(unknown.value) == "There is no brand 'nobody'. Known brands: crumb."
    assert unknown.value.permanent
    with pytest.raises(ValueError, match="zone"):
        log(store, BRAND, now=NOW.replace(tzinfo=None))
    assert store.posts.known(X, []) == set()
