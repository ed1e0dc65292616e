"""The tables, once, for SQLite and PostgreSQL."""

from __future__ import annotations

from storage.schema.decided import case_events, cases, examples, nonces, verdicts
from storage.schema.judged import findings, judgements, policy_versions, readings, topic_limits
from storage.schema.kept import audit_head, audit_log, due_jobs, state
from storage.schema.parts import metadata
from storage.schema.published import accounts, brands, charges, people, posts, revisions, streams, unchecked
from storage.schema.sent import alerts, digests, links, outbox, revoked_links
from storage.schema.watched import conversations, touched_threads

__all__ = [
    "accounts",
    "alerts",
    "audit_head",
    "audit_log",
    "brands",
    "case_events",
    "cases",
    "charges",
    "conversations",
    "digests",
    "due_jobs",
    "examples",
    "findings",
    "judgements",
    "links",
    "metadata",
    "nonces",
    "outbox",
    "people",
    "policy_versions",
    "posts",
    "readings",
    "revisions",
    "revoked_links",
    "state",
    "streams",
    "topic_limits",
    "touched_threads",
    "unchecked",
    "verdicts",
]
