"""Helpers of the suite for connectors: pulling to the end, and what was served."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from contract_bench import Bench

from bot.ports import Page
from policies.model.post import Post

MADE_UP = "guestbook"


def drained(
    pages: Iterator[Page], into: dict[str, Post] | None = None
) -> tuple[list[Post], dict[str, Any] | None]:
    """All posts of a pull, and its last cursor as it comes back from the store."""
    posts, cursor = [], None
    for page in pages:
        posts.extend(page.posts)
        cursor = json.loads(json.dumps(page.cursor))
        if into is not None:
            into.update({p.key.external_id: p for p in page.posts})
    return posts, cursor


def ids(posts: Sequence[Post]) -> list[str]:
    return sorted(post.key.external_id for post in posts)


def served(bench: Bench, count: int) -> list[str]:
    return sorted(bench.box.external_id(f"p{n}") for n in range(count))
