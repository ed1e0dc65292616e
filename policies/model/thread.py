"""A conversation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from policies.model.keys import ThreadKey
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


def threads_of(posts: Iterable[Post]) -> dict[ThreadKey, Thread]:
    """The conversations that posts form among themselves."""
    groups: dict[ThreadKey, list[Post]] = defaultdict(list)
    for post in posts:
        groups[post.thread_key].append(post)
    return {
        key: Thread(
            thread_id=key.thread_id,
            posts=tuple(sorted(group, key=lambda p: (p.created_at, p.key.external_id))),
        )
        for key, group in groups.items()
    }
