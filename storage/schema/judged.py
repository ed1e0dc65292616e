"""What the rules and the model say."""

from __future__ import annotations

import sqlalchemy as sa

from storage.columns import Json, Number
from storage.schema.parts import brand, count, ref, table, text, time

policy_versions = table(
    "policy_versions",
    sa.Column("id", Number, primary_key=True),
    brand(),
    text("version"),
    text("content"),
    time("in_force_from"),
    sa.Index("policy_versions_force", "brand", "in_force_from"),
)

judgements = table(
    "judgements",
    sa.Column("id", Number, primary_key=True),
    ref("post_id", "posts.id"),
    count("revision", None),
    text("policy_version"),
    text("scorer_version"),
    sa.Column("reading", Json),
    time("judged_at"),
    sa.UniqueConstraint(
        "post_id", "revision", "policy_version", "scorer_version", name="judgements_identity"
    ),
)

readings = table(
    "readings",
    sa.Column("text_hash", sa.Text, primary_key=True),
    text("scorer_version", primary_key=True),
    sa.Column("reading", Json, nullable=False),
    time("read_at"),
)

findings = table(
    "findings",
    sa.Column("id", Number, primary_key=True),
    sa.Column("fingerprint", sa.Text, nullable=False, unique=True),
    brand(),
    ref("post_id", "posts.id"),
    count("revision", None),
    text("rule"),
    text("title"),
    text("topic"),
    sa.Column("severity", sa.Text, nullable=False),
    count("rank", None),  # of the severity
    text("message"),
    text("why"),
    text("suggest", nullable=True),
    text("policy"),
    text("policy_version"),
    sa.Column("spans", Json, nullable=False),
    text("matched"),
    sa.Column("score", sa.Float),
    sa.Column("shadow", sa.Boolean, nullable=False),
    sa.Column("question", sa.Boolean, nullable=False, server_default=sa.false()),
    time("found_at"),
    time("gone_at", nullable=True),
    sa.Index("findings_post", "post_id", "shadow"),
    sa.Index("findings_found", "brand", "found_at"),
)

# From which chance on a brand's topic is asked about and said. Lines are only added; the newest of a topic counts.
topic_limits = table(
    "topic_limits",
    sa.Column("id", Number, primary_key=True),
    brand(),
    text("topic"),
    sa.Column("asked", sa.Float, nullable=False),
    sa.Column("said", sa.Float, nullable=False),
    time("made_at"),
    text("made_by"),
    text("reason"),
    sa.Index("topic_limits_newest", "brand", "topic", "id"),
)
