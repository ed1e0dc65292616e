"""How clients stand: kept when they are assessed, with what that makes of their cases and of what is told at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from policies.model.cases.conversation import CONVERSATION, ConversationState
from policies.model.keys import ThreadKey
from storage import mapping, touched
from storage.conversation_cases import follow
from storage.conversation_rows import of_threads, put_conversations, views_of
from storage.conversation_views import AssessedConversation, KeptConversations, SteppedCase
from storage.crises import join
from storage.database import Mode, Part, require_brand
from storage.schema import cases, conversations, posts
from storage.views import ConversationView

_THREAD = (conversations.c.platform, conversations.c.account, conversations.c.thread_id)


class Conversations(Part):
    """How each client stands with the business."""

    def touched(self, brand: str, *, limit: int) -> dict[ThreadKey, int]:
        """Threads in which something changed since they were assessed, with how often."""
        with self._db.read() as conn:
            return touched.waiting(conn, brand, limit)

    def grown_late(self, brand: str, *, now: datetime, limit: int) -> list[ThreadKey]:
        """Threads in which a promise has run out since they were assessed."""
        ran_out = (conversations.c.late_at <= now, conversations.c.assessed_at < conversations.c.late_at)
        query = sa.select(*_THREAD).distinct()
        rows = self._db.rows(query.where(conversations.c.brand == brand, *ran_out).limit(limit))
        return [mapping.thread_key(row) for row in rows]

    def next_late(self, brand: str) -> datetime | None:
        """UTC time at which the next promise runs out; None where nobody waits."""
        coming = (conversations.c.brand == brand, conversations.c.assessed_at < conversations.c.late_at)
        with self._db.read() as conn:
            late_at = sa.func.min(conversations.c.late_at, type_=conversations.c.late_at.type)
            found: datetime | None = conn.scalar(sa.select(late_at).where(*coming))
            return found

    def stepped(self, threads: Iterable[ThreadKey]) -> dict[tuple[ThreadKey, str], SteppedCase]:
        """Cases on which a step was taken, by thread and client, with the posts that nobody had seen then."""
        moved = (cases.c.state != ConversationState.OPEN.value, cases.c.kind == CONVERSATION.name)
        with self._db.read() as conn:
            rows = of_threads(conn, threads, cases.c.updated_at, joined=cases, where=moved)
            return {
                (mapping.thread_key(row), row.asker): SteppedCase(
                    at=row.updated_at, fresh=_seen_after(conn, mapping.thread_key(row), row.updated_at)
                )
                for row in rows
            }

    def keep(
        self,
        brand: str,
        assessed: Sequence[AssessedConversation],
        *,
        threads: Mapping[ThreadKey, int],
        scorer_version: str,
        now: datetime,
    ) -> KeptConversations:
        """Keep how clients stand, with what follows: cases opened, raised and closed, and what is told at once.

        ``threads`` are those that were assessed, with how often they had been touched. All or nothing; the same again
        changes nothing. Where somebody took a step on a case meanwhile, its thread is left to be assessed again.
        """
        with self._db.write(Mode.PROMISED) as conn:
            require_brand(conn, brand)
            before = {(mapping.thread_key(row), row.asker): row for row in of_threads(conn, threads)}
            rows = put_conversations(conn, brand, assessed, before, scorer_version=scorer_version, now=now)
            watched, moved_on = follow(conn, brand, assessed, rows, now)
            touched.done(conn, {key: n for key, n in threads.items() if key not in moved_on})
        return watched

    def join_crisis(self, brand: str, began: int, members: Sequence[int], *, now: datetime) -> bool:
        """Make conversations part of a crisis, each with an urgent case; whether it is to be told, first or again.

        ``began`` is the conversation with which it began. What would be told of its clients one by one is told with
        it. Joining again changes nothing.
        """
        with self._db.write(Mode.PROMISED) as conn:
            return join(conn, brand, began, members, now)

    def find(
        self,
        brand: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        asks: bool = False,
        complaints: bool = False,
        limit: int = 200,
    ) -> list[ConversationView]:
        """Conversations whose client wrote last from ``since`` to before ``until``: the gravest, then the newest first.

        ``asks``: only those in which the owner is needed, or somebody waits. ``complaints``: only complaints.
        """
        query = sa.select(conversations).where(*_of(brand, since, until, asks=asks, complaints=complaints))
        flags = (conversations.c[name].desc() for name in ("grave", "needs_owner", "complaint"))
        worst = query.order_by(*flags, conversations.c.latest_at.desc(), conversations.c.id)
        with self._db.read() as conn:
            return views_of(conn, conn.execute(worst.limit(limit)).all())

    def count(
        self,
        brand: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        asks: bool = False,
        complaints: bool = False,
    ) -> int:
        """How many `find` knows without a limit."""
        here = _of(brand, since, until, asks=asks, complaints=complaints)
        return int(self._db.rows(sa.select(sa.func.count()).select_from(conversations).where(*here))[0][0])


def _of(
    brand: str, since: datetime | None, until: datetime | None, *, asks: bool, complaints: bool
) -> list[sa.ColumnElement[bool]]:
    here = [conversations.c.brand == brand]
    if since is not None:
        here.append(conversations.c.latest_at >= since)
    if until is not None:
        here.append(conversations.c.latest_at < until)
    if asks:
        here.append(conversations.c.needs_owner | conversations.c.late_at.is_not(None))
    if complaints:
        here.append(conversations.c.complaint)
    return here


def _seen_after(conn: Connection, thread: ThreadKey, at: datetime) -> frozenset[Any]:
    here = mapping.of_account(thread.account) & (posts.c.thread_id == thread.thread_id)
    identity: sa.Select[Any] = sa.select(posts.c.platform, posts.c.account, posts.c.external_id)
    return frozenset(
        mapping.key(row) for row in conn.execute(identity.where(here, posts.c.first_seen_at > at))
    )
