"""What platforms gave us: accounts, people, posts, and how the pulling goes."""

from __future__ import annotations

import sqlalchemy as sa

from storage.columns import Json, Number, SortedJson
from storage.schema.parts import brand, count, ref, table, text, time

brands = table("brands", sa.Column("id", sa.Text, primary_key=True), time("created_at"))

accounts = table(
    "accounts",
    text("platform", primary_key=True),
    text("handle", primary_key=True),
    brand(),
    count("position"),
    sa.Index("accounts_brand", "brand"),
)

people = table(
    "people",
    brand(primary_key=True),
    text("id", primary_key=True),
    text("name"),
    sa.Column("role", sa.Text, nullable=False),
    text("email", nullable=True),
    sa.Column("marks", Json, nullable=False),
    sa.Column("met_on", sa.Date),
    count("position"),
)

streams = table(
    "streams",
    text("platform", primary_key=True),
    text("account", primary_key=True),
    text("stream", primary_key=True),
    sa.Column("cursor", Json),
    time("complete_at", nullable=True),
    time("failing_since", nullable=True),
    text("error", nullable=True),
    sa.Column("code", sa.Text, nullable=False, server_default=""),
    sa.Column("parts", SortedJson, nullable=False, server_default="{}"),
)

# The identity of a post and what an edit does not change. What an edit changes stands in revisions.
posts = table(
    "posts",
    sa.Column("id", Number, primary_key=True),
    brand(),
    text("platform"),
    text("account"),
    text("external_id"),
    text("thread_id"),
    text("parent_id", nullable=True),
    sa.Column("direction", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    text("author"),
    text("author_name", nullable=True),
    time("created_at"),
    text("told_at", nullable=True),  # what was told in place of created_at, where that cannot be
    time("deleted_at", nullable=True),
    text("permalink", nullable=True),
    text("source", nullable=True),
    time("first_seen_at"),
    count("revision", 1),  # the newest
    count("revisions", 1),  # how many are known
    count("judged_revision"),  # the newest that was judged, 0 for none
    time("looked_at", nullable=True),  # when we last looked again
    sa.UniqueConstraint("platform", "account", "external_id", name="posts_identity"),
    sa.Index("posts_thread", "platform", "account", "thread_id", "created_at"),
    sa.Index("posts_created", "brand", "created_at", "direction"),
    sa.Index(
        "posts_unjudged",
        "brand",
        "created_at",
        sqlite_where=sa.text("judged_revision < revision"),
        postgresql_where=sa.text("judged_revision < revision"),
    ),
)

revisions = table(
    "revisions",
    sa.Column("id", Number, primary_key=True),
    ref("post_id", "posts.id"),
    count("number", None),
    text("text"),
    sa.Column("media", Json, nullable=False),
    text("lang", nullable=True),
    text("version_id", nullable=True),
    time("edited_at", nullable=True),
    time("seen_at"),
    sa.Column("raw", Json, nullable=False),
    sa.UniqueConstraint("post_id", "number", name="revisions_number"),
)

charges = table(
    "charges",
    text("platform", primary_key=True),
    text("resource", primary_key=True),
    text("id", primary_key=True),
    sa.Column("day", sa.Text, primary_key=True),  # UTC, 2026-11-22
    text("account"),
    sa.Column("micro_dollars", sa.BigInteger, nullable=False),
    sa.Index("charges_account", "platform", "account", "day"),
)

unchecked = table(
    "unchecked",
    sa.Column("id", Number, primary_key=True),
    brand(),
    time("noted_at"),
    sa.Column("why", sa.Text, nullable=False),
    text("platform"),
    text("account"),
    sa.Column("code", sa.Text, nullable=False, server_default=""),
    sa.Column("parts", SortedJson, nullable=False, server_default="{}"),
    text("detail"),
    time("since", nullable=True),
    time("until", nullable=True),
    sa.Column("count", sa.Integer),
    sa.Index("unchecked_noted", "brand", "noted_at"),
)
