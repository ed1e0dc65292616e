"""Work that is due, the log, and small values."""

from __future__ import annotations

import sqlalchemy as sa

from storage.columns import Json, Number
from storage.schema.parts import count, table, text, time

due_jobs = table(
    "due_jobs",
    text("name", primary_key=True),
    text("subject", primary_key=True),
    time("due_at"),
    count("failures"),
    text("error", nullable=True),
    sa.Column("holder", sa.Text),
    time("lease_until", nullable=True),
    time("woken_at", nullable=True),  # asked for again, perhaps while it ran
    sa.Index("due_jobs_due", "due_at"),
)

audit_log = table(
    "audit_log",
    sa.Column("seq", Number, primary_key=True, autoincrement=False),
    time("at"),
    text("actor"),
    text("action"),
    text("subject"),
    sa.Column("detail", Json, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)

# One row: whoever appends updates it first, so that appends queue up on each engine and a cut tail shows.
audit_head = table(
    "audit_head",
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)

state = table("state", text("key", primary_key=True), sa.Column("value", Json))
