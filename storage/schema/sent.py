"""What leaves for people."""

from __future__ import annotations

import sqlalchemy as sa

from storage.columns import Json, Number, OutsideText
from storage.schema.parts import brand, count, ref, table, text, time

outbox = table(
    "outbox",
    sa.Column("id", Number, primary_key=True),
    sa.Column("key", OutsideText, nullable=False, unique=True),
    brand(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("recipients", Json, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    time("created_at"),
    sa.Column("state", sa.Text, nullable=False),
    count("attempts"),
    time("next_try_at", nullable=True),
    text("detail"),
    sa.Column("worker", sa.Text),
    time("lease_until", nullable=True),
    sa.Index("outbox_state", "state", "next_try_at"),
    sa.Index("outbox_brand", "brand", "state"),
)

# What people must hear at once, by what caused it: a finding, or what a client said or waits for.
alerts = table(
    "alerts",
    sa.Column("fingerprint", sa.Text, primary_key=True),
    sa.Column("letter", sa.Text, nullable=False, server_default="alert"),  # the kind that tells it
    brand(),
    ref("case_id", "cases.id"),
    time("raised_at"),
    sa.Column("message_id", Number, sa.ForeignKey("outbox.id")),
    sa.Index("alerts_brand", "brand", "message_id"),
)

digests = table(
    "digests",
    brand(primary_key=True),
    sa.Column("slot", sa.Text, primary_key=True),  # local date and time, 2026-11-22T18:00
    time("since"),
    time("until"),
    ref("message_id", "outbox.id"),
    time("created_at"),
)

# What was handed out, by its id; the token that opens is kept nowhere.
links = table(
    "links",
    text("id", primary_key=True),
    brand(),
    text("person"),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("case", sa.Integer),
    time("made_at", nullable=True),
    time("expires_at"),
    time("last_used_at", nullable=True),
    count("uses"),
    sa.Index("links_brand", "brand", "made_at"),
)

revoked_links = table("revoked_links", text("link_id", primary_key=True), time("at"))
