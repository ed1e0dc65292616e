"""The tables, once, for SQLite and PostgreSQL."""

from __future__ import annotations

import sqlalchemy as sa

from storage.columns import Json, Number, OutsideText, Time

metadata = sa.MetaData()


def _table(name: str, *parts: sa.schema.SchemaItem) -> sa.Table:
    return sa.Table(name, metadata, *parts)


def _ref(name: str, target: str, *, primary_key: bool = False) -> sa.Column[int]:
    return sa.Column(name, Number, sa.ForeignKey(target), nullable=False, primary_key=primary_key)


def _brand(*, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column("brand", sa.Text, sa.ForeignKey("brands.id"), nullable=False, primary_key=primary_key)


def _text(name: str, *, primary_key: bool = False, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, OutsideText, nullable=nullable, primary_key=primary_key)


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, Time, nullable=nullable)


def _count(name: str, start: int | None = 0) -> sa.Column[int]:
    default = None if start is None else str(start)
    return sa.Column(name, sa.Integer, nullable=False, server_default=default)


brands = _table("brands", sa.Column("id", sa.Text, primary_key=True), _time("created_at"))

accounts = _table(
    "accounts",
    _text("platform", primary_key=True),
    _text("handle", primary_key=True),
    _brand(),
    _count("position"),
    sa.Index("accounts_brand", "brand"),
)

people = _table(
    "people",
    _brand(primary_key=True),
    _text("id", primary_key=True),
    _text("name"),
    sa.Column("role", sa.Text, nullable=False),
    _text("email", nullable=True),
    sa.Column("marks", Json, nullable=False),
    sa.Column("met_on", sa.Date),
    _count("position"),
)

streams = _table(
    "streams",
    _text("platform", primary_key=True),
    _text("account", primary_key=True),
    _text("stream", primary_key=True),
    sa.Column("cursor", Json),
    _time("complete_at", nullable=True),
    _time("failing_since", nullable=True),
    _text("error", nullable=True),
)

# The identity of a post and what an edit does not change. What an edit changes stands in revisions.
posts = _table(
    "posts",
    sa.Column("id", Number, primary_key=True),
    _brand(),
    _text("platform"),
    _text("account"),
    _text("external_id"),
    _text("thread_id"),
    _text("parent_id", nullable=True),
    sa.Column("direction", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    _text("author"),
    _text("author_name", nullable=True),
    _time("created_at"),
    _time("deleted_at", nullable=True),
    _text("permalink", nullable=True),
    _text("source", nullable=True),
    _time("first_seen_at"),
    _count("revision", 1),  # the newest
    _count("revisions", 1),  # how many are known
    _count("judged_revision"),  # the newest that was judged, 0 for none
    _time("looked_at", nullable=True),  # when we last looked again
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

revisions = _table(
    "revisions",
    sa.Column("id", Number, primary_key=True),
    _ref("post_id", "posts.id"),
    _count("number", None),
    _text("text"),
    sa.Column("media", Json, nullable=False),
    _text("lang", nullable=True),
    _text("version_id", nullable=True),
    _time("edited_at", nullable=True),
    _time("seen_at"),
    sa.Column("raw", Json, nullable=False),
    sa.UniqueConstraint("post_id", "number", name="revisions_number"),
)

charges = _table(
    "charges",
    _text("platform", primary_key=True),
    _text("resource", primary_key=True),
    _text("id", primary_key=True),
    sa.Column("day", sa.Text, primary_key=True),  # UTC, 2026-11-22
    _text("account"),
    sa.Column("micro_dollars", sa.BigInteger, nullable=False),
    sa.Index("charges_account", "platform", "account", "day"),
)

unchecked = _table(
    "unchecked",
    sa.Column("id", Number, primary_key=True),
    _brand(),
    _time("noted_at"),
    sa.Column("why", sa.Text, nullable=False),
    _text("platform"),
    _text("account"),
    _text("detail"),
    _time("since", nullable=True),
    _time("until", nullable=True),
    sa.Column("count", sa.Integer),
    sa.Index("unchecked_noted", "brand", "noted_at"),
)

policy_versions = _table(
    "policy_versions",
    sa.Column("id", Number, primary_key=True),
    _brand(),
    _text("version"),
    _text("content"),
    _time("in_force_from"),
    sa.Index("policy_versions_force", "brand", "in_force_from"),
)

judgements = _table(
    "judgements",
    sa.Column("id", Number, primary_key=True),
    _ref("post_id", "posts.id"),
    _count("revision", None),
    _text("policy_version"),
    _text("scorer_version"),
    sa.Column("reading", Json),
    _time("judged_at"),
    sa.UniqueConstraint(
        "post_id", "revision", "policy_version", "scorer_version", name="judgements_identity"
    ),
)

readings = _table(
    "readings",
    sa.Column("text_hash", sa.Text, primary_key=True),
    _text("scorer_version", primary_key=True),
    sa.Column("reading", Json, nullable=False),
    _time("read_at"),
)

cases = _table(
    "cases",
    sa.Column("id", Number, primary_key=True),
    _brand(),
    sa.Column("post_id", Number, sa.ForeignKey("posts.id"), nullable=False, unique=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("closed_by", sa.Text),  # the action that closed it
    _count("rank", None),  # of the severity, for sorting
    _time("opened_at"),
    _time("updated_at"),
    sa.Index("cases_queue", "brand", "state", "rank", "opened_at"),
)

case_events = _table(
    "case_events",
    sa.Column("id", Number, primary_key=True),
    _ref("case_id", "cases.id"),
    _time("at"),
    _text("actor"),
    sa.Column("action", sa.Text, nullable=False),
    _text("note"),
    sa.Column("leads_to", sa.Text, nullable=False),
    sa.Index("case_events_case", "case_id"),
)

verdicts = _table(
    "verdicts",
    sa.Column("id", Number, primary_key=True),
    _ref("event_id", "case_events.id"),
    _ref("case_id", "cases.id"),
    _text("person"),
    sa.Column("verdict", sa.Text, nullable=False),
    _count("revision", None),  # what the owner had before their eyes
    sa.Column("fingerprints", Json, nullable=False),
    _time("at"),
    sa.Index("verdicts_case", "case_id"),
)

# What the owner wants remembered: the text as it was judged, once for each rule that the verdict is about.
examples = _table(
    "examples",
    sa.Column("id", Number, primary_key=True),
    _ref("verdict_id", "verdicts.id"),
    _text("rule"),
    sa.Column("sort", sa.Text, nullable=False),  # flag or ok
    sa.Column("shown", Json, nullable=False),
    sa.UniqueConstraint("verdict_id", "rule", name="examples_identity"),
)

findings = _table(
    "findings",
    sa.Column("id", Number, primary_key=True),
    sa.Column("fingerprint", sa.Text, nullable=False, unique=True),
    _brand(),
    _ref("post_id", "posts.id"),
    _count("revision", None),
    _text("rule"),
    _text("title"),
    _text("topic"),
    sa.Column("severity", sa.Text, nullable=False),
    _count("rank", None),  # of the severity
    _text("message"),
    _text("why"),
    _text("suggest", nullable=True),
    _text("policy"),
    _text("policy_version"),
    sa.Column("spans", Json, nullable=False),
    _text("matched"),
    sa.Column("score", sa.Float),
    sa.Column("shadow", sa.Boolean, nullable=False),
    _time("found_at"),
    _time("gone_at", nullable=True),
    sa.Index("findings_post", "post_id", "shadow"),
    sa.Index("findings_found", "brand", "found_at"),
)

outbox = _table(
    "outbox",
    sa.Column("id", Number, primary_key=True),
    sa.Column("key", OutsideText, nullable=False, unique=True),
    _brand(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("recipients", Json, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    _time("created_at"),
    sa.Column("state", sa.Text, nullable=False),
    _count("attempts"),
    _time("next_try_at", nullable=True),
    _text("detail"),
    sa.Column("worker", sa.Text),
    _time("lease_until", nullable=True),
    sa.Index("outbox_state", "state", "next_try_at"),
    sa.Index("outbox_brand", "brand", "state"),
)

alerts = _table(
    "alerts",
    sa.Column("fingerprint", sa.Text, sa.ForeignKey("findings.fingerprint"), primary_key=True),
    _brand(),
    _ref("case_id", "cases.id"),
    _time("raised_at"),
    sa.Column("message_id", Number, sa.ForeignKey("outbox.id")),
    sa.Index("alerts_brand", "brand", "message_id"),
)

digests = _table(
    "digests",
    _brand(primary_key=True),
    sa.Column("slot", sa.Text, primary_key=True),  # local date and time, 2026-11-22T18:00
    _time("since"),
    _time("until"),
    _ref("message_id", "outbox.id"),
    _time("created_at"),
)

due_jobs = _table(
    "due_jobs",
    _text("name", primary_key=True),
    _text("subject", primary_key=True),
    _time("due_at"),
    _count("failures"),
    _text("error", nullable=True),
    sa.Column("holder", sa.Text),
    _time("lease_until", nullable=True),
    _time("woken_at", nullable=True),  # asked for again, perhaps while it ran
    sa.Index("due_jobs_due", "due_at"),
)

# What was handed out, by its id; the token that opens is kept nowhere.
links = _table(
    "links",
    _text("id", primary_key=True),
    _brand(),
    _text("person"),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("case", sa.Integer),
    _time("made_at", nullable=True),
    _time("expires_at"),
    _time("last_used_at", nullable=True),
    _count("uses"),
    sa.Index("links_brand", "brand", "made_at"),
)

revoked_links = _table("revoked_links", _text("link_id", primary_key=True), _time("at"))

nonces = _table("nonces", _text("nonce", primary_key=True), _ref("case_id", "cases.id"), _time("at"))

audit_log = _table(
    "audit_log",
    sa.Column("seq", Number, primary_key=True, autoincrement=False),
    _time("at"),
    _text("actor"),
    _text("action"),
    _text("subject"),
    sa.Column("detail", Json, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)

# One row: whoever appends updates it first, so that appends queue up on each engine and a cut tail shows.
audit_head = _table(
    "audit_head",
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)

state = _table("state", _text("key", primary_key=True), sa.Column("value", Json))
