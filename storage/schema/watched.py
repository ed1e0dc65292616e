"""How clients stand: what is known of each conversation, and which are to be looked at."""

from __future__ import annotations

import sqlalchemy as sa

from storage.columns import Number
from storage.schema.parts import brand, count, ref, table, text, time

# One client's part of a thread, as it stood when it was last assessed.
conversations = table(
    "conversations",
    sa.Column("id", Number, primary_key=True),
    brand(),
    text("platform"),
    text("account"),
    text("thread_id"),
    text("asker"),
    sa.Column("standing", sa.Text, nullable=False),
    sa.Column("complaint", sa.Boolean, nullable=False),
    sa.Column("needs_owner", sa.Boolean, nullable=False),
    sa.Column("brushed_off", sa.Boolean, nullable=False),
    sa.Column("grave", sa.Boolean, nullable=False),
    sa.Column("reason", sa.Text),
    ref("asked_id", "posts.id"),
    ref("latest_id", "posts.id"),
    sa.Column("answer_id", Number, sa.ForeignKey("posts.id")),
    sa.Column("newest_answer_id", Number, sa.ForeignKey("posts.id")),
    time("asked_at"),
    time("latest_at"),
    time("waits_since", nullable=True),
    time("late_at", nullable=True),
    sa.Column("business_s", sa.BigInteger),  # to the first answer
    sa.Column("case_id", Number, sa.ForeignKey("cases.id")),
    sa.Column("crisis_id", Number, sa.ForeignKey("conversations.id")),  # the one that it began with
    time("assessed_at"),
    text("scorer_version"),
    sa.UniqueConstraint("platform", "account", "thread_id", "asker", name="conversations_identity"),
    sa.Index("conversations_late", "brand", "late_at"),
    sa.Index("conversations_latest", "brand", "latest_at"),
    sa.Index("conversations_case", "case_id"),
)

# Threads in which something changed since they were assessed; `times` tells whether it changed again meanwhile.
touched_threads = table(
    "touched_threads",
    text("platform", primary_key=True),
    text("account", primary_key=True),
    text("thread_id", primary_key=True),
    brand(),
    count("times"),
    sa.Index("touched_threads_brand", "brand"),
)
