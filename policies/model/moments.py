"""Times that can be. What is told otherwise is kept as it was told, and nothing is computed with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from policies.model.post import Post

AHEAD = timedelta(days=1)  #: how far a platform's clock may be ahead of ours
#: When each platform began, UTC; nothing was published there before.
_BEGUN: Mapping[str, datetime] = {
    "x": datetime(2006, 3, 21, tzinfo=UTC),
    "reddit": datetime(2005, 6, 1, tzinfo=UTC),
    "facebook": datetime(2004, 2, 1, tzinfo=UTC),
    "youtube": datetime(2005, 4, 1, tzinfo=UTC),
    "instagram": datetime(2010, 7, 1, tzinfo=UTC),
    "mastodon": datetime(2016, 3, 1, tzinfo=UTC),
}
_WEB = datetime(1990, 1, 1, tzinfo=UTC)  #: of platforms that are not listed


def believable(at: datetime, platform: str, now: datetime) -> bool:
    """Whether something can have been published on a platform at a time, by our clock (UTC)."""
    return _BEGUN.get(platform, _WEB) <= at <= now + AHEAD


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
