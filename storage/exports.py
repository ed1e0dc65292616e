"""The store as files that other programs read: JSON lines, or CSV without formulas."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TextIO

import sqlalchemy as sa

from policies.masking import masked, masked_words
from storage import mapping
from storage.columns import escape_text
from storage.database import Part
from storage.schema import audit_log, case_events, cases, findings, policy_versions, posts, revisions

# What a spreadsheet takes for the start of a formula, in full width too, and our own guard.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠'")


def _columns(table: sa.Table, names: str) -> list[sa.Column[Any]]:
    return [table.c[name] for name in names.split()]


_KEY = _columns(posts, "platform account external_id")
# The format that `oversight import` reads.
_POSTS = sa.select(
    *_KEY,
    *_columns(posts, "thread_id parent_id direction kind author author_name created_at"),
    *_columns(revisions, "text edited_at"),
    posts.c.deleted_at,
    revisions.c.lang,
    posts.c.permalink,
    revisions.c.media,
    posts.c.source,
    revisions.c.raw,
).join(revisions, mapping.NEWEST)
_REVISIONS = sa.select(*_KEY, *_columns(revisions, "number text media edited_at seen_at")).join_from(
    revisions, posts
)
_FINDINGS = sa.select(
    *_KEY,
    *_columns(findings, "fingerprint revision rule title topic severity message matched spans score"),
    *_columns(findings, "policy policy_version shadow question found_at gone_at"),
).join_from(findings, posts)
_CASES = sa.select(
    cases.c.id.label("number"),
    *_KEY,
    *_columns(cases, "kind subject state closed_by opened_at updated_at due_at"),
).join_from(cases, posts, isouter=True)
_DECISIONS = sa.select(
    case_events.c.case_id.label("number"), *_columns(case_events, "at actor action note leads_to")
).join_from(case_events, cases)
_POLICIES = sa.select(*_columns(policy_versions, "version in_force_from content"))
#: what can be written -> the question, and the column that says the brand
_QUESTIONS: Mapping[str, tuple[sa.Select[Any], sa.Column[Any]]] = {
    "posts": (_POSTS.order_by(posts.c.id), posts.c.brand),
    "revisions": (_REVISIONS.order_by(revisions.c.id), posts.c.brand),
    "findings": (_FINDINGS.order_by(findings.c.id), findings.c.brand),
    "cases": (_CASES.order_by(cases.c.id), cases.c.brand),
    "decisions": (_DECISIONS.order_by(case_events.c.id), cases.c.brand),
    "policies": (_POLICIES.order_by(policy_versions.c.id), policy_versions.c.brand),
    "audit": (sa.select(audit_log).order_by(audit_log.c.seq), audit_log.c.subject),
}


class Exports(Part):
    """Everything of a brand, for its owner to keep."""

    def write(self, what: str, output: TextIO, *, form: str, brand: str) -> int:
        """Write one of `storage.views.EXPORTABLE` as ``jsonl`` or ``csv``; the number of rows.

        No CSV cell can be taken for a formula: a single quote stands before it.
        """
        question, column = _QUESTIONS[what]
        mine = column == brand
        if column is audit_log.c.subject:
            mine |= column.startswith(f"{brand}/", autoescape=True)
        with self._db.read() as conn:
            rows = conn.execute(question.where(mine).execution_options(yield_per=1000)).mappings()
            shown = _SHOWN.get(what, dict)
            return _FORMS[form]((shown(dict(row)) for row in rows), output)


def _shown_finding(row: Mapping[str, Any]) -> dict[str, Any]:
    """A finding quotes the post; numbers that must not leak are masked, and the post itself has them."""
    words = masked_words(row["matched"], row["topic"])
    return {**row, "message": masked(row["message"]), "matched": words}


def _shown_decision(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "note": masked(row["note"])}


#: what can be written -> how its rows are shown, where that is not as they are
_SHOWN: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "findings": _shown_finding,
    "decisions": _shown_decision,
}


def _write_jsonl(rows: Iterable[dict[str, Any]], output: TextIO) -> int:
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007 -- the count is the answer
        output.write(json.dumps(row, default=datetime.isoformat) + "\n")
    return count


def _write_csv(rows: Iterable[dict[str, Any]], output: TextIO) -> int:
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
    if not isinstance(value, str):
        return value
    text = escape_text(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


_FORMS = {"jsonl": _write_jsonl, "csv": _write_csv}
