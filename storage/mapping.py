"""From rows to values and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from policies.model.coverage import Unchecked
from policies.model.finding import Finding, Severity, Span
from policies.model.keys import AccountKey, PostKey, ThreadKey
from policies.model.post import Direction, Kind, Media, Post
from policies.scoring import HeadScore, Reading
from policies.served import GONE, is_withdrawn
from storage.database import chunks
from storage.schema import findings, posts, revisions
from storage.views import FoundAt, StoredPost

NEWEST = (revisions.c.post_id == posts.c.id) & (revisions.c.number == posts.c.revision)
BREACH = Severity.BREACH.rank
_SERVED = ("text", "media", "lang", "version_id", "edited_at", "raw")
_POST = (*posts.c, *(revisions.c[name] for name in _SERVED))


def select_posts(*more: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Posts in their newest revision; read the rows with `post` or `stored`."""
    return sa.select(*_POST, *more).join(revisions, NEWEST)


def post(row: sa.Row[Any]) -> Post:
    """A row of `select_posts` as a value, without words that are withdrawn."""
    return without_withdrawn(_post(row))


def without_withdrawn(item: Post) -> Post:
    """The post; where others took it back and the words must go, only that it was there."""
    if not is_withdrawn(item):
        return item
    return replace(item, text=GONE, author_name=None, media=(), raw={})


def _post(row: sa.Row[Any]) -> Post:
    return Post(
        key=key(row),
        thread_id=row.thread_id,
        parent_id=row.parent_id,
        direction=Direction(row.direction),
        kind=Kind(row.kind),
        author=row.author,
        author_name=row.author_name,
        created_at=row.created_at,
        told_at=row.told_at,
        text=row.text,
        edited_at=row.edited_at,
        deleted_at=row.deleted_at,
        lang=row.lang,
        permalink=row.permalink,
        media=tuple(Media(**item) for item in row.media),
        source=row.source,
        version_id=row.version_id,
        raw=row.raw,
    )


def stored(row: sa.Row[Any]) -> StoredPost:
    """A row of `select_posts` with what we know of it."""
    return StoredPost(brand=row.brand, post=post(row), revision=row.revision, first_seen_at=row.first_seen_at)


def key(row: sa.Row[Any]) -> PostKey:
    """The identity in a row with platform, account and external_id."""
    return PostKey(platform=row.platform, account=row.account, external_id=row.external_id)


def thread_key(row: sa.Row[Any]) -> ThreadKey:
    """The conversation in a row with platform, account and thread_id."""
    return ThreadKey(account=AccountKey(platform=row.platform, handle=row.account), thread_id=row.thread_id)


def of_account(account: AccountKey) -> sa.ColumnElement[bool]:
    """Posts of this account."""
    return sa.and_(posts.c.platform == account.platform, posts.c.account == account.handle)


def post_row(item: Post, *, brand: str, now: datetime) -> dict[str, Any]:
    """What stays the same in each revision."""
    return {
        "brand": brand,
        "platform": item.key.platform,
        "account": item.key.account,
        "external_id": item.key.external_id,
        "thread_id": item.thread_id,
        "parent_id": item.parent_id,
        "direction": item.direction.value,
        "kind": item.kind.value,
        "author": item.author,
        "author_name": item.author_name,
        "created_at": item.created_at,
        "told_at": item.told_at,
        "deleted_at": item.deleted_at,
        "permalink": item.permalink,
        "source": item.source,
        "first_seen_at": now,
    }


def revision_row(item: Post, *, post_id: int, number: int, now: datetime) -> dict[str, Any]:
    """What an edit may change."""
    return {
        "post_id": post_id,
        "number": number,
        "text": item.text,
        "media": media_json(item),
        "lang": item.lang,
        "version_id": item.version_id,
        "edited_at": item.edited_at,
        "seen_at": now,
        "raw": dict(item.raw),
    }


def media_json(item: Post) -> list[dict[str, Any]]:
    """The media of a post as kept."""
    return [{"kind": m.kind, "url": m.url, "alt_text": m.alt_text} for m in item.media]


def by_account(threads: Iterable[ThreadKey]) -> dict[AccountKey, list[str]]:
    """Ids of conversations by the account that sees them, each once."""
    found: dict[AccountKey, list[str]] = {}
    for one in sorted(set(threads)):
        found.setdefault(one.account, []).append(one.thread_id)
    return found


def find_posts(
    conn: Connection, keys: Iterable[PostKey], columns: Iterable[sa.ColumnElement[Any]]
) -> dict[PostKey, sa.Row[Any]]:
    """The rows of posts that we know, with these columns beside the identity; newest revision joined."""
    by_account: dict[tuple[str, str], list[str]] = {}
    for one in keys:
        by_account.setdefault((one.platform, one.account), []).append(one.external_id)
    identity = (posts.c.platform, posts.c.account, posts.c.external_id)
    query = sa.select(posts.c.id, *identity, *columns).join(revisions, NEWEST)
    found = {}
    for (platform, account), ids in by_account.items():
        for chunk in chunks(ids):
            here = (posts.c.platform == platform, posts.c.account == account, posts.c.external_id.in_(chunk))
            found.update({key(row): row for row in conn.execute(query.where(*here))})
    return found


def finding_row(item: Finding, *, brand: str, post_id: int, revision: int) -> dict[str, Any]:
    """A finding as kept."""
    names = ("rule", "title", "topic", "message", "why", "suggest", "policy", "policy_version", "matched")
    return {
        **{name: getattr(item, name) for name in names},
        "fingerprint": item.fingerprint,
        "brand": brand,
        "post_id": post_id,
        "revision": revision,
        "severity": item.severity.value,
        "rank": item.severity.rank,
        "spans": [[span.start, span.end] for span in item.spans],
        "score": item.score,
        "shadow": item.shadow,
        "question": item.question,
    }


#: what `found` reads; ``found_…`` keeps apart what posts have too
FOUND = tuple(
    findings.c[name].label(f"found_{name}")
    for name in (
        *("rule", "title", "topic", "severity", "message", "why", "suggest", "policy", "policy_version"),
        *("spans", "matched", "score", "shadow", "question", "found_at", "gone_at", "revision"),
    )
)


def found(row: sa.Row[Any], of: PostKey) -> FoundAt:
    """The finding in a row with the columns `FOUND`."""
    finding = Finding(
        rule=row.found_rule,
        title=row.found_title,
        topic=row.found_topic,
        severity=Severity(row.found_severity),
        message=row.found_message,
        why=row.found_why,
        suggest=row.found_suggest,
        policy=row.found_policy,
        policy_version=row.found_policy_version,
        post=of,
        spans=tuple(Span(start=start, end=end) for start, end in row.found_spans),
        matched=row.found_matched,
        score=row.found_score,
        shadow=row.found_shadow,
        question=row.found_question,
    )
    return FoundAt(
        finding=finding,
        found_at=row.found_found_at,
        gone_at=row.found_gone_at,
        revision=row.found_revision,
    )


def reading_json(item: Reading) -> dict[str, Any]:
    """A reading as kept."""
    heads = {name: {**asdict(head), "scores": dict(head.scores)} for name, head in item.heads.items()}
    return {"language": item.language, "readable": item.readable, "heads": heads}


def reading(value: Mapping[str, Any]) -> Reading:
    """A reading as it was given to us."""
    heads = {name: HeadScore(**head) for name, head in value["heads"].items()}
    return Reading(language=value["language"], readable=value["readable"], heads=heads)


def unchecked_row(item: Unchecked, *, brand: str, now: datetime) -> dict[str, Any]:
    """A note about what was not checked, as kept."""
    return {
        "brand": brand,
        "noted_at": now,
        "why": item.why.value,
        "platform": item.platform,
        "account": item.account,
        "code": item.code,
        "parts": dict(item.parts),
        "detail": item.detail,
        "since": item.since,
        "until": item.until,
        "count": item.count,
    }


def severity_of(rank: int) -> Severity:
    """The opposite of `Severity.rank`."""
    return list(Severity)[rank]
