"""Posts from text and JSON lines, for judging them before or without the store.

The fields are those of `oversight import`; only ``text`` must be there.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictStr, ValidationError

from policies.model.keys import PostKey
from policies.model.post import Direction, Kind, Media, Post
from policies.model.thread import Thread

ThreadKey = tuple[str, str, str]
#: Longest line that is read, characters.
MAX_LINE = 4_000_000


class BadLine(ValueError):
    """A line is no post; the message says why."""


class _Media(BaseModel):
    model_config = ConfigDict(extra="ignore")

    kind: str = "image"
    url: str | None = None
    alt_text: str | None = None


class _Line(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    text: StrictStr
    platform: str = "draft"
    account: str = "brand"
    external_id: str | None = None
    thread_id: str | None = None
    parent_id: str | None = None
    direction: Direction = Direction.OUTBOUND
    kind: Kind | None = None
    author: str | None = None
    created_at: AwareDatetime | None = None
    edited_at: AwareDatetime | None = None
    deleted_at: AwareDatetime | None = None
    lang: str | None = None
    permalink: str | None = None
    media: tuple[_Media, ...] = ()
    source: str | None = None
    raw: Mapping[str, Any] = Field(default_factory=dict)


def from_text(text: str, *, number: int, now: datetime) -> Post:
    """A draft that is nothing but text."""
    return _post(_Line(text=text), number, now)


def from_line(line: str, *, number: int, now: datetime) -> Post:
    """A post from one JSON line; ``number`` names it where it has no id. Raises `BadLine`."""
    if len(line) > MAX_LINE:
        raise BadLine(f"is longer than {MAX_LINE} characters")
    try:
        data = json.loads(line)
    except ValueError as error:
        raise BadLine(f"is not JSON: {error}") from error
    except RecursionError as error:
        raise BadLine("is nested too deep") from error
    if not isinstance(data, dict):
        raise BadLine("is not a JSON object")
    try:
        return _post(_Line.model_validate({k: v for k, v in data.items() if v is not None}), number, now)
    except ValidationError as error:
        details = error.errors(include_url=False)
        reasons = (f"{'.'.join(map(str, d['loc']))}: {d['msg']}" for d in details)
        raise BadLine("; ".join(reasons)) from error


def _post(line: _Line, number: int, now: datetime) -> Post:
    name = line.external_id or str(number)
    return Post(
        key=PostKey(platform=line.platform, account=line.account, external_id=name),
        thread_id=line.thread_id or line.parent_id or name,
        parent_id=line.parent_id,
        direction=line.direction,
        kind=line.kind or (Kind.REPLY if line.parent_id else Kind.POST),
        author=line.author or line.account,
        created_at=(line.created_at or now).astimezone(UTC),
        edited_at=line.edited_at,
        deleted_at=line.deleted_at,
        text=line.text,
        lang=line.lang,
        permalink=line.permalink,
        media=tuple(Media(kind=m.kind, url=m.url, alt_text=m.alt_text) for m in line.media),
        source=line.source,
        raw=line.raw,
    )


def thread_key(post: Post) -> ThreadKey:
    """What posts of one conversation have in common."""
    return post.key.platform, post.key.account, post.thread_id


def threads(posts: Iterable[Post]) -> dict[ThreadKey, Thread]:
    """The conversations that posts form among themselves."""
    groups: dict[ThreadKey, list[Post]] = defaultdict(list)
    for post in posts:
        groups[thread_key(post)].append(post)
    return {
        key: Thread(thread_id=key[2], posts=tuple(sorted(g, key=lambda p: (p.created_at, p.key.external_id))))
        for key, g in groups.items()
    }
