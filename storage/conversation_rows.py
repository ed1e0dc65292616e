"""The rows of conversations: found by their threads, and written when they were assessed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from policies.model.keys import PostKey, ThreadKey
from policies.model.post import Post
from policies.threads.conversations import Concern, Conversation, Standing
from storage import mapping
from storage.conversation_views import AssessedConversation
from storage.database import chunks, upsert
from storage.schema import conversations, posts
from storage.views import ConversationView

Rows = Mapping[tuple[ThreadKey, str], sa.Row[Any]]  #: by thread and client
_FLAGS = ("complaint", "needs_owner", "brushed_off", "grave")
_POSTS = ("asked", "latest", "answer", "newest_answer")
_IDENTITY = ("platform", "account", "thread_id", "asker")


def of_threads(
    conn: Connection,
    threads: Iterable[ThreadKey],
    *more: sa.ColumnElement[Any],
    joined: sa.Table | None = None,
    where: Sequence[sa.ColumnElement[bool]] = (),
) -> list[sa.Row[Any]]:
    """The conversations of these threads, with columns of a joined table where asked for."""
    query = sa.select(conversations, *more).where(*where)
    if joined is not None:
        query = query.join(joined, joined.c.id == conversations.c.case_id)
    found: list[sa.Row[Any]] = []
    for account, ids in mapping.by_account(threads).items():
        here = (conversations.c.platform == account.platform, conversations.c.account == account.handle)
        for chunk in chunks(ids):
            found += conn.execute(query.where(*here, conversations.c.thread_id.in_(chunk)))
    return found


def put_conversations(
    conn: Connection,
    brand: str,
    assessed: Sequence[AssessedConversation],
    before: Rows,
    *,
    scorer_version: str,
    now: datetime,
) -> Rows:
    """Write them, and quiet those of whom nothing stands any more; the rows of those that were assessed."""
    _quiet(conn, assessed, before, now)
    if not assessed:
        return {}
    ids = {key: row.id for key, row in mapping.find_posts(conn, _named(assessed), ()).items()}
    shared = {"brand": brand, "assessed_at": now, "scorer_version": scorer_version}
    values = [_values(one.whole, ids) | shared for one in assessed]
    statement = upsert(conn, conversations)
    newest = {name: statement.excluded[name] for name in values[0] if name not in _IDENTITY}
    kept = statement.on_conflict_do_update(index_elements=list(_IDENTITY), set_=newest)
    rows = conn.execute(kept.returning(*conversations.c), values).all()
    return {(mapping.thread_key(row), row.asker): row for row in rows}


def _quiet(conn: Connection, assessed: Sequence[AssessedConversation], before: Rows, now: datetime) -> None:
    """A client who took back all that they wrote waits for nothing."""
    there = {(one.whole.thread, one.whole.asker) for one in assessed}
    gone = [row.id for key, row in before.items() if key not in there]
    nothing = {
        **dict.fromkeys(_FLAGS, False),
        "standing": Standing.CLOSED.value,
        "reason": None,
        "waits_since": None,
        "late_at": None,
        "assessed_at": now,
    }
    for chunk in chunks(gone):
        conn.execute(sa.update(conversations).where(conversations.c.id.in_(chunk)).values(nothing))


def _named(assessed: Iterable[AssessedConversation]) -> set[PostKey]:
    named = (
        post
        for one in assessed
        for post in (one.whole.asked, one.whole.latest, one.whole.answer, one.whole.newest_answer)
    )
    return {post.key for post in named if post}


def _values(one: Conversation, ids: Mapping[PostKey, int]) -> dict[str, Any]:
    return {
        "platform": one.thread.account.platform,
        "account": one.thread.account.handle,
        "thread_id": one.thread.thread_id,
        "asker": one.asker,
        "standing": one.standing.value,
        "reason": one.reason.value if one.reason else None,
        "asked_id": ids[one.asked.key],
        "latest_id": ids[one.latest.key],
        "answer_id": ids[one.answer.key] if one.answer else None,
        "newest_answer_id": ids[one.newest_answer.key] if one.newest_answer else None,
        "asked_at": one.asked.created_at,
        "latest_at": one.latest.created_at,
        "waits_since": one.waits_since,
        "late_at": one.late_at,
        "business_s": None if one.business is None else one.business // timedelta(seconds=1),
        **{name: getattr(one, name) for name in _FLAGS},
    }


def of_cases(conn: Connection, numbers: Iterable[int]) -> dict[int, ConversationView]:
    """The conversations that cases are about, by the numbers of the cases."""
    rows = [
        row
        for chunk in chunks(numbers)
        for row in conn.execute(sa.select(conversations).where(conversations.c.case_id.in_(chunk)))
    ]
    return {view.case: view for view in views_of(conn, rows) if view.case is not None}


def views_of(conn: Connection, rows: Sequence[sa.Row[Any]]) -> list[ConversationView]:
    """The rows as values, with the posts that they name."""
    ids = sorted({number for row in rows for name in _POSTS if (number := getattr(row, f"{name}_id"))})
    query = mapping.select_posts()
    told = {
        row.id: mapping.post(row)
        for chunk in chunks(ids)
        for row in conn.execute(query.where(posts.c.id.in_(chunk)))
    }
    return [_view(row, told) for row in rows]


def _view(row: sa.Row[Any], told: Mapping[int, Post]) -> ConversationView:
    times = ("waits_since", "late_at", "assessed_at")
    return ConversationView(
        id=row.id,
        thread=mapping.thread_key(row),
        asker=row.asker,
        asked=told[row.asked_id],
        latest=told[row.latest_id],
        answer=told.get(row.answer_id),
        newest_answer=told.get(row.newest_answer_id),
        standing=Standing(row.standing),
        reason=Concern(row.reason) if row.reason else None,
        business=None if row.business_s is None else timedelta(seconds=row.business_s),
        case=row.case_id,
        crisis=row.crisis_id,
        **{name: getattr(row, name) for name in (*_FLAGS, *times)},
    )
