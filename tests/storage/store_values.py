"""Values for tests of the store: a small bakery."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from policies.model.finding import Finding, Severity, Span
from policies.model.keys import AccountKey, PostKey, StreamKey
from policies.model.people import Person, Role
from policies.model.post import Direction, Kind, Post
from policies.scoring import HeadScore, Reading
from storage import audit
from storage.database import Mode
from storage.store import Store
from storage.views import Judgement, OutMessage, Saved

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
BRAND, ACCOUNT = "crumb", "crumbbakery"
X = AccountKey(platform="x", handle=ACCOUNT)
OWN = StreamKey(account=X, stream="own")
OWNER = Person(id="ada", name="Ada", role=Role.OWNER, email="ada@example.org")
AGENCY = Person(id="tom", name="Tom", role=Role.AGENCY, marks=("^TK",))
HAPPY = Reading(
    language="en",
    readable=True,
    heads={"sentiment": HeadScore(label="positive", scores={"positive": 0.9, "negative": 0.1}, unsure=False)},
)


def at(minutes: float) -> datetime:
    """So many minutes after NOW."""
    return NOW + timedelta(minutes=minutes)


def key(number: int | str) -> PostKey:
    return PostKey(platform="x", account=ACCOUNT, external_id=str(number))


def post(number: int | str, text: str = "Fresh bread!", **more: Any) -> Post:
    """An outbound post, published ``number`` seconds after NOW where it is a number."""
    offset = number if isinstance(number, int) else 0
    fields: dict[str, Any] = {
        "key": key(number),
        "thread_id": str(number),
        "parent_id": None,
        "direction": Direction.OUTBOUND,
        "kind": Kind.POST,
        "author": ACCOUNT,
        "created_at": NOW + timedelta(seconds=offset),
        "text": text,
    }
    return Post(**{**fields, **more})


def finding(
    number: int | str, words: str = "guaranteed", severity: Severity = Severity.BREACH, **more: Any
) -> Finding:
    fields: dict[str, Any] = {
        "rule": "no-promises",
        "title": "No promises",
        "topic": "unauthorised-promise",
        "severity": severity,
        "message": "It promises a result.",
        "why": "Only the owner promises.",
        "suggest": "Say what you do.",
        "policy": "starter",
        "policy_version": "1",
        "post": key(number),
        "spans": (Span(start=0, end=len(words)),),
        "matched": words,
    }
    return Finding(**{**fields, **more})


def judgement(
    number: int | str, *findings: Finding, revision: int = 1, version: str = "p1", **more: Any
) -> Judgement:
    return Judgement(
        post=key(number),
        revision=revision,
        policy_version=version,
        scorer_version="s1",
        findings=findings,
        **more,
    )


def save(
    store: Store, *posts: Post, now: datetime = NOW, cursor: dict[str, Any] | None = None, **more: Any
) -> Saved:
    return store.posts.save(BRAND, OWN, posts, cursor=cursor, now=now, **more)


def flagged(store: Store, number: int, *, severity: Severity = Severity.BREACH, now: datetime = NOW) -> int:
    """Save a post with one finding; the number of its case."""
    save(store, post(number, f"guaranteed {number}"), now=now)
    recorded = store.judgements.record(
        BRAND, [judgement(number, finding(number, severity=severity))], now=now
    )
    return recorded.opened[0]


def log(store: Store, *subjects: str, action: str = "a", now: datetime = NOW, **detail: Any) -> None:
    """Append a line to the audit log for each subject."""
    lines = [audit.Line(actor="operator", action=action, subject=one, detail=detail) for one in subjects]
    with store.database.write(Mode.PROMISED) as conn:
        audit.append(conn, lines, now=now)


def ask(path: Path, sql: str) -> list[tuple[Any, ...]]:
    """The rows of an SQL question to the file of a store."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()


def message(name: str, kind: str = "alert", recipients: Sequence[str] = ("ada@example.org",)) -> OutMessage:
    return OutMessage(
        id=None,
        key=name,
        brand=BRAND,
        kind=kind,
        channel="email",
        recipients=tuple(recipients),
        body=b"Subject: hello\r\n\r\n" + name.encode(),
        created_at=NOW,
    )
