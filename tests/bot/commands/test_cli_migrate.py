"""`oversight migrate`: an old store in a home folder, tried first, then brought along."""

from __future__ import annotations

import gzip
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from cli_stage import Cli

from storage import migrations

PAST = Path(__file__).parents[2] / "storage" / "past"


@pytest.fixture
def old(cli: Cli) -> Path:
    """The store of the first release in a home folder of today."""
    cli.set_up()
    path = cli.home / "oversight.db"
    path.write_bytes(gzip.decompress((PAST / "0001.db.gz").read_bytes()))
    return path


def test_a_migration_is_tried_and_then_done(cli: Cli, old: Path) -> None:
    refused = cli("link", "list")
    assert (refused.exit_code, "oversight migrate" in refused.stderr) == (2, True)
    before = old.read_bytes()
    tried = cli("migrate", "--check", "--format", "jsonl")
    assert tried.exit_code == 0, tried.output
    lines = {line["table"]: line for line in map(json.loads, tried.stdout.splitlines())}
    same = {"from": "0001", "to": migrations.HEAD, "lost": 0}
    assert lines["cases"] == {"table": "cases", "before": 6, "after": 6, **same}
    assert lines["examples"] == {"table": "examples", "before": 0, "after": 0, **same}
    assert old.read_bytes() == before
    assert cli("migrate").exit_code == 0
    assert cli("link", "list").exit_code == 0


def test_the_table_for_people_names_each_table(cli: Cli, old: Path) -> None:
    with closing(sqlite3.connect(old)) as raw:
        (posts,) = raw.execute("SELECT count(*) FROM posts").fetchone()
    said = cli("migrate", "--check").stdout
    assert f"From 0001 to {migrations.HEAD}" in said
    assert ["posts", str(posts), str(posts), "0"] in [line.split() for line in said.splitlines()]


def test_what_would_be_lost_is_exit_code_1(cli: Cli, old: Path) -> None:
    with closing(sqlite3.connect(old)) as raw:
        thief = "CREATE TRIGGER thief AFTER UPDATE ON alembic_version BEGIN DELETE FROM nonces; END"
        raw.execute(thief)
        (nonces,) = raw.execute("SELECT count(*) FROM nonces").fetchone()
    tried = cli("migrate", "--check", "--format", "jsonl")
    assert tried.exit_code == 1
    lost = {line["table"]: line["lost"] for line in map(json.loads, tried.stdout.splitlines())}
    assert {table: rows for table, rows in lost.items() if rows} == {"nonces": nonces}
    assert cli("migrate", "--check").exit_code == 1
    with closing(sqlite3.connect(old)) as raw:
        assert raw.execute("SELECT count(*) FROM nonces").fetchone() == (nonces,)


def test_where_nothing_was_pulled_yet_there_is_nothing_to_try(cli: Cli) -> None:
    cli.set_up()
    tried = cli("migrate", "--check")
    assert tried.exit_code == 2
    assert "There is no store" in tried.stderr
    assert not list(cli.home.glob("oversight.db*"))
