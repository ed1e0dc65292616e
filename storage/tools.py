"""sqlite-utils on the embedded store: search, export, ad hoc questions, backup and upkeep.

All but `optimise` only read the store; they open the file a second time, read-only, and never stop writers.
"""

from __future__ import annotations

import csv
import json
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import sqlalchemy as sa
import sqlite_utils

from policies.model.post import Post
from storage import _rows
from storage._base import Mode, translate
from storage.columns import Json, Time, escape_text, from_micros, unescape_text
from storage.errors import StoreError, StoreUnreadable
from storage.schema import metadata, posts
from storage.store import Store

QUERY_SECONDS = 30.0  #: an ad hoc question that takes longer is stopped
_TIMES = {c.name for table in metadata.tables.values() for c in table.c if isinstance(c.type, Time)}
_JSONS = {c.name for table in metadata.tables.values() for c in table.c if isinstance(c.type, type(Json))}
_BOOLS = {c.name for table in metadata.tables.values() for c in table.c if isinstance(c.type, sa.Boolean)}
# What a spreadsheet takes for the start of a formula, in full width too, and our own guard.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠'")
_EXPORTS = {
    # The format that `oversight import` reads.
    "posts": """
        SELECT p.platform, p.account, p.external_id, p.thread_id, p.parent_id, p.direction, p.kind, p.author,
               p.author_name, p.created_at, r.text, r.edited_at, p.deleted_at, r.lang, p.permalink, r.media,
               p.source, r.raw
        FROM posts p JOIN revisions r ON r.post_id = p.id AND r.number = p.revision
        WHERE p.brand = :brand ORDER BY p.id""",
    "revisions": """
        SELECT p.platform, p.account, p.external_id, r.number, r.text, r.media, r.edited_at, r.seen_at
        FROM revisions r JOIN posts p ON p.id = r.post_id WHERE p.brand = :brand ORDER BY r.id""",
    "findings": """
        SELECT p.platform, p.account, p.external_id, f.fingerprint, f.revision, f.rule, f.title, f.topic,
               f.severity, f.message, f.matched, f.spans, f.score, f.policy, f.policy_version, f.shadow,
               f.found_at, f.gone_at
        FROM findings f JOIN posts p ON p.id = f.post_id WHERE f.brand = :brand ORDER BY f.id""",
    "cases": """
        SELECT c.id AS number, p.platform, p.account, p.external_id, c.state, c.closed_by, c.opened_at,
               c.updated_at
        FROM cases c JOIN posts p ON p.id = c.post_id WHERE c.brand = :brand ORDER BY c.id""",
    "decisions": """
        SELECT e.case_id AS number, e.at, e.actor, e.action, e.note, e.leads_to
        FROM case_events e JOIN cases c ON c.id = e.case_id WHERE c.brand = :brand ORDER BY e.id""",
    "audit": """
        SELECT seq, at, actor, action, subject, detail, hash FROM audit_log
        WHERE subject = :brand OR substr(subject, 1, length(:brand) + 1) = :brand || '/' ORDER BY seq""",
}
EXPORTABLE = tuple(_EXPORTS)  #: what `export` can write


def search(store: Store, brand: str, words: str, *, limit: int = 50) -> list[Post]:
    """Posts of a brand in which all the words once stood, also in texts since edited; the best match first."""
    if not any(character.isalnum() for character in words):
        return []
    mine = "post_id IN (SELECT id FROM posts WHERE brand = :brand)"
    with _reading(store) as database:
        matches = database.table("revisions").search(
            escape_text(words), columns=["post_id"], where=mine, where_args={"brand": brand}, quote=True
        )
        best = list(islice(dict.fromkeys(row["post_id"] for row in matches), limit))
    with store._transaction(Mode.READ) as conn:  # noqa: SLF001 -- one room, and no question for others
        rows = conn.execute(_rows.select_posts().where(posts.c.id.in_(best))).all()
    return _in_order(rows, best)


def _in_order(rows: Any, numbers: list[int]) -> list[Post]:
    """The posts of these rows in the order of their numbers."""
    by_number = {row.id: _rows.post(row) for row in rows}
    return [by_number[number] for number in numbers]


def export(store: Store, what: str, output: TextIO, *, form: str, brand: str) -> int:
    """Write one of `EXPORTABLE` as ``jsonl`` or ``csv``; the number of rows.

    No CSV cell can be taken for a formula: a single quote stands before it, which `read_csv` takes off.
    """
    with _reading(store) as database:
        rows = database.query(_EXPORTS[what], {"brand": brand})
        return _FORMS[form]((_decoded(row) for row in rows), output)


def read_csv(source: TextIO) -> Iterator[dict[str, str]]:
    """The rows of an export as CSV, each cell as it was."""
    for row in csv.DictReader(source):
        yield {name: unescape_text(_unguarded(cell)) for name, cell in row.items()}


def query(
    store: Store, sql: str, parameters: Mapping[str, Any] | None = None, *, limit: int = 1000
) -> list[dict[str, Any]]:
    """The rows of an ad hoc SELECT, as kept (times are microseconds). Nothing can be changed by it."""
    with _reading(store) as database:
        deadline = time.monotonic() + QUERY_SECONDS
        database.conn.set_progress_handler(lambda: time.monotonic() > deadline, 10_000)
        try:
            return list(islice(database.query(sql, dict(parameters or {})), limit))
        except ValueError as error:
            raise StoreError("Only questions that return rows can be asked.") from error


def backup(store: Store, path: Path) -> None:
    """Copy the store as it is at one moment, while others write; an older file of the name is replaced.

    A digest that had not left yet is uncertain in the copy: by the time somebody restores it, it may have
    been sent. Nobody holds work in the copy.
    """
    partial = path.with_name(path.name + ".partial")
    try:
        os.close(os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
        with _reading(store) as database, closing(sqlite3.connect(partial)) as copy:
            database.conn.backup(copy)
            _settle_copy(copy)
        _sync(partial)
        partial.replace(path)
        _sync(path.absolute().parent)
    except sqlite3.Error as error:
        raise translate(error) from error
    except OSError as error:
        raise StoreUnreadable(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        partial.unlink(missing_ok=True)


def optimise(store: Store) -> None:
    """Tidy the search index and the planner's statistics; takes seconds, writers wait."""
    try:
        with closing(sqlite3.connect(_file(store), timeout=30)) as connection:
            database = sqlite_utils.Database(connection)
            database.table("revisions").optimize()
            database.execute("PRAGMA optimize")
    except sqlite3.Error as error:
        raise translate(error) from error


@contextmanager
def _reading(store: Store) -> Iterator[sqlite_utils.Database]:
    try:
        connection = sqlite3.connect(f"{_file(store).as_uri()}?mode=ro", uri=True, timeout=30)
        with closing(connection):
            connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)  # ATTACH could write to other files
            yield sqlite_utils.Database(connection)
    except sqlite3.Error as error:
        raise translate(error) from error


def _file(store: Store) -> Path:
    if store.path is None:
        raise StoreError("This needs a store in a file.")
    return store.path


def _settle_copy(copy: sqlite3.Connection) -> None:
    copy.executescript(
        """
        UPDATE outbox SET worker = NULL, lease_until = NULL, state = 'uncertain',
            detail = 'from a backup: it may have been sent since'
            WHERE kind = 'digest' AND state IN ('pending', 'claimed', 'leaving');
        UPDATE outbox SET worker = NULL, lease_until = NULL, state = 'pending'
            WHERE state IN ('claimed', 'leaving');
        UPDATE due_jobs SET holder = NULL, lease_until = NULL;
        PRAGMA journal_mode = DELETE;
        """
    )


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _decoded(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(name, value) for name, value in row.items()}


def _value(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _TIMES:
        return from_micros(value)
    if name in _JSONS:
        return json.loads(value)
    if name in _BOOLS:
        return bool(value)
    return unescape_text(value) if isinstance(value, str) else value


def _write_jsonl(rows: Iterator[dict[str, Any]], output: TextIO) -> int:
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007 -- the count is the answer
        output.write(json.dumps(row, default=datetime.isoformat) + "\n")
    return count


def _write_csv(rows: Iterator[dict[str, Any]], output: TextIO) -> int:
    count, writer = 0, csv.writer(output, lineterminator="\r\n")  # quotes both characters in cells
    for count, row in enumerate(rows, 1):
        if count == 1:
            writer.writerow(row)
        writer.writerow([_cell(value) for value in row.values()])
    return count


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | dict):
        value = json.dumps(value)
    return _guarded(escape_text(value)) if isinstance(value, str) else value


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _unguarded(cell: str) -> str:
    return cell.removeprefix("'")


_FORMS = {"jsonl": _write_jsonl, "csv": _write_csv}
