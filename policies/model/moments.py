"""Times that can be. What is told otherwise is kept as it was told, and nothing is computed with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from policies.model.post import Post
from policies.platforms import BEGUN

AHEAD = timedelta(days=1)  #: how far a platform's clock may be ahead of ours
_WEB = datetime(1990, 1, 1, tzinfo=UTC)  #: of platforms that are not listed


def believable(at: datetime, platform: str, now: datetime) -> bool:
    """Whether something can have been published on a platform at a time, by our clock (UTC)."""
    return BEGUN.get(platform, _WEB) <= at <= now + AHEAD


def dated(post: Post, now: datetime) -> Post:
    """The post with times that can be: where its own cannot, that of ``now``, and what was told."""
    platform = post.key.platform
    edited, deleted = (
        at if at is None or believable(at, platform, now) else now for at in (post.edited_at, post.deleted_at)
    )
    if (edited, deleted) != (post.edited_at, post.deleted_at):
        post = replace(post, edited_at=edited, deleted_at=deleted)
    if believable(post.created_at, platform, now):
        return post
    return replace(post, created_at=now, told_at=post.told_at or post.created_at.isoformat())
