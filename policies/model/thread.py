"""A conversation."""

from __future__ import annotations

from dataclasses import dataclass

from policies.model.post import Post


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A post and its replies, oldest first."""

    thread_id: str
    posts: tuple[Post, ...]  #: ordered by created_at, then external id

    @property
    def opener(self) -> Post:
        """The oldest post that we know of."""
        return self.posts[0]

    def before(self, post: Post) -> tuple[Post, ...]:
        """The posts published earlier than the given one."""
        return tuple(p for p in self.posts if p.created_at < post.created_at)
