"""What people settle."""

from __future__ import annotations

import sqlalchemy as sa

from storage.columns import Json, Number
from storage.schema.parts import brand, count, ref, table, text, time

# One matter to settle. What it is about stands in `subject`; the post that shows it, where one does, in `post_id`.
cases = table(
    "cases",
    sa.Column("id", Number, primary_key=True),
    brand(),
    sa.Column("kind", sa.Text, nullable=False),  # a name in policies.model.cases.KINDS
    text("subject"),
    sa.Column("post_id", Number, sa.ForeignKey("posts.id")),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("closed_by", sa.Text),  # the action that closed it
    count("rank", None),  # of the severity, for sorting
    time("opened_at"),
    time("updated_at"),
    time("due_at", nullable=True),  # when an answer is expected
    sa.UniqueConstraint("brand", "kind", "subject", name="cases_subject"),
    sa.Index("cases_queue", "brand", "state", "rank", "opened_at"),
    sa.Index("cases_post", "post_id"),
)

case_events = table(
    "case_events",
    sa.Column("id", Number, primary_key=True),
    ref("case_id", "cases.id"),
    time("at"),
    text("actor"),
    sa.Column("action", sa.Text, nullable=False),
    text("note"),
    sa.Column("leads_to", sa.Text, nullable=False),
    sa.Index("case_events_case", "case_id"),
)

verdicts = table(
    "verdicts",
    sa.Column("id", Number, primary_key=True),
    ref("event_id", "case_events.id"),
    ref("case_id", "cases.id"),
    text("person"),
    sa.Column("verdict", sa.Text, nullable=False),
    count("revision", None),  # what the owner had before their eyes
    sa.Column("fingerprints", Json, nullable=False),
    time("at"),
    sa.Index("verdicts_case", "case_id"),
)

# What the owner wants remembered: the text as it was judged, once for each rule that the verdict is about.
examples = table(
    "examples",
    sa.Column("id", Number, primary_key=True),
    ref("verdict_id", "verdicts.id"),
    text("rule"),
    sa.Column("sort", sa.Text, nullable=False),  # flag or ok
    sa.Column("shown", Json, nullable=False),
    sa.UniqueConstraint("verdict_id", "rule", name="examples_identity"),
)

nonces = table("nonces", text("nonce", primary_key=True), ref("case_id", "cases.id"), time("at"))
