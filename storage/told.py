"""Conversations as people read them: what was said before and after a post, with every version of it."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from policies.model.post import Post
from policies.served import GONE, is_withdrawn
from storage import mapping
from storage.database import Part, chunks
from storage.schema import posts, revisions
from storage.views import Revision, Telling

_REVISION = ("number", "text", "seen_at", "edited_at")


class Tellings(Part):
    """What was said around a post."""

    def around(self, post: Post, *, most: int) -> list[Telling]:
        """The conversation that a post stands in, oldest first: the post, and at most so many on either side."""
        same = mapping.of_account(post.key.account_key) & (posts.c.thread_id == post.thread_id)
        place = sa.tuple_(posts.c.created_at, posts.c.external_id)
        here = sa.tuple_(
            sa.literal(post.created_at, posts.c.created_at.type), sa.literal(post.key.external_id)
        )
        here_and_later = mapping.select_posts().where(same, place >= here).order_by(*place)
        earlier = mapping.select_posts().where(same, place < here)
        earlier = earlier.order_by(posts.c.created_at.desc(), posts.c.external_id.desc())
        with self._db.read() as conn:
            rows = [
                *reversed(conn.execute(earlier.limit(most)).all()),
                *conn.execute(here_and_later.limit(most + 1)),
            ]
            about = {row.id: mapping.post(row) for row in rows}
            history = revisions_of(conn, about)
        return [
            Telling(post=post, revisions=tuple(history.get(number, ()))) for number, post in about.items()
        ]


def revisions_of(conn: Connection, about: Mapping[int, Post]) -> dict[int, list[Revision]]:
    """Every version of posts, by the number of the post; the oldest first. Withdrawn words stand in none of them."""
    known: dict[int, list[Revision]] = {}
    query = sa.select(revisions.c.post_id, *(revisions.c[name] for name in _REVISION))
    for chunk in chunks(list(about)):
        rows = conn.execute(query.where(revisions.c.post_id.in_(chunk)).order_by(revisions.c.number))
        for row in rows:
            values = {name: getattr(row, name) for name in _REVISION}
            if is_withdrawn(about[row.post_id]):
                values["text"] = GONE
            known.setdefault(row.post_id, []).append(Revision(**values))
    return known
