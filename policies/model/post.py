"""What was published: the frozen values that every room speaks in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from policies.model.keys import PostKey, ThreadKey


class Direction(StrEnum):
    """Who speaks to whom."""

    OUTBOUND = "outbound"  #: published as the brand
    INBOUND = "inbound"  #: said to the brand


class Kind(StrEnum):
    """What sort of item the platform calls it."""

    POST = "post"
    REPLY = "reply"
    COMMENT = "comment"
    REVIEW = "review"
    MESSAGE = "message"
    SHARE = "share"  #: somebody else's post, passed on as it stands


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """One picture, video or card that a post carries."""

    kind: str  #: ``image``, ``video``, ``gif`` or ``link``
    url: str | None = None  #: where the platform serves it
    alt_text: str | None = None  #: description for people who do not see it, None where missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One published item in one revision. Text is kept as the platform served it."""

    key: PostKey
    thread_id: str  #: external id of the post that opened the conversation
    parent_id: str | None  #: external id of the post this one answers
    direction: Direction
    kind: Kind
    author: str  #: handle of who wrote it, as the platform shows it
    created_at: datetime  #: UTC; when we saw it first, where ``told_at`` says what the platform told
    text: str  #: whole text, also of long posts, in the platform's own characters
    author_name: str | None = None  #: display name, untrusted
    told_at: str | None = None  #: what was told as the time of publication, where that cannot be; untrusted
    edited_at: datetime | None = None  #: UTC time of this revision, None for the first
    deleted_at: datetime | None = None  #: UTC; when it was seen to be gone or the platform says so
    lang: str | None = None  #: language that the platform claims, ISO 639-1
    permalink: str | None = None  #: https address for people
    media: tuple[Media, ...] = ()
    source: str | None = None  #: posting tool or person behind the account, where the platform tells
    version_id: str | None = None  #: platform's id of this revision, where it differs from external_id
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)  #: what the platform sent

    @property
    def outbound(self) -> bool:
        """Whether it was published as the brand."""
        return self.direction is Direction.OUTBOUND

    @property
    def thread_key(self) -> ThreadKey:
        """The conversation that it stands in."""
        return ThreadKey(account=self.key.account_key, thread_id=self.thread_id)
