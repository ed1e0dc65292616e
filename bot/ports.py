"""What jobs need from the outside world: connectors read platforms, channels reach people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from policies.model.coverage import Unchecked
from policies.model.keys import AccountKey, PostKey, StreamKey
from policies.model.post import Post


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRef:
    """One profile that we watch on one platform."""

    brand: str  #: id of the brand
    platform: str
    handle: str  #: without ``@`` or ``u/``
    options: Mapping[str, Any] = field(default_factory=dict)  #: the account's own entries in brand.yaml

    @property
    def key(self) -> AccountKey:
        """The identity of the account."""
        return AccountKey(platform=self.platform, handle=self.handle)

    def stream(self, name: str) -> StreamKey:
        """The identity of one of its streams."""
        return StreamKey(account=self.key, stream=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One resource that a platform may charge for."""

    resource: str  #: ``post`` or ``user``
    id: str  #: the platform's id, charged once per UTC day
    owned: bool  #: whether it belongs to the account that owns the developer app


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a stream, saved in one transaction with its cursor."""

    posts: tuple[Post, ...]
    cursor: Mapping[str, Any]  #: JSON object to resume from once this page is stored
    reads: tuple[Read, ...] = ()  #: what the platform charges for this page
    unchecked: tuple[Unchecked, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondLook:
    """What a later look at known posts showed."""

    posts: tuple[Post, ...]  #: as they stand now, edited ones included
    gone: tuple[PostKey, ...]  #: no longer served
    reads: tuple[Read, ...] = ()
    unchecked: tuple[
        Unchecked, ...
    ] = ()  #: what the platform would not show, for instance of a protected account
    answered: tuple[
        PostKey, ...
    ] = ()  #: posts that the platform said anything about; the others were not reached


class Allowance(Protocol):
    """How many more paid reads a pull may make. Asked before each request."""

    def reads(self, resource: str, *, owned: bool) -> int | None:
        """How many more resources of this sort may be read; None where nothing limits it."""


class Connector(Protocol):
    """Reads one platform. Never writes, never sleeps for a rate limit, sets a timeout on each call.

    Raises `AccountUnreachable`, `TokenDead` and `RateLimited`. What was yielded before an error is valid
    and kept.
    """

    platform: str

    def streams(self, account: AccountRef) -> tuple[str, ...]:
        """Names of what is pulled separately, for instance ``own`` and ``mentions``."""

    def pull(
        self,
        account: AccountRef,
        stream: str,
        cursor: Mapping[str, Any] | None,
        allowance: Allowance,
        now: datetime,
    ) -> Iterator[Page]:
        """Pages after the cursor; no page where nothing is new."""

    def look_again(
        self, account: AccountRef, posts: Sequence[Post], allowance: Allowance, now: datetime
    ) -> SecondLook:
        """Known posts as they stand now."""

    def check_access(self, account: AccountRef) -> str:
        """A live call; a sentence saying as whom we read."""


class Delivery(StrEnum):
    """What became of a message handed to a channel."""

    SENT = "sent"
    RETRY = "retry"  #: refused for now
    DEAD = "dead"  #: refused for good
    UNCERTAIN = "uncertain"  #: the line broke after the text was handed over


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a channel says of one delivery."""

    delivery: Delivery
    detail: str  #: the server's answer, or what happened


class Channel(Protocol):
    """A way out to people."""

    def send(self, recipients: Sequence[str], message: bytes, before_data: BeforeData) -> Receipt:
        """Deliver one rendered message. Calls ``before_data`` right before the text leaves us."""

    def check(self) -> str:
        """A sentence on where messages go, after trying it. Raises `MailRefused` with the mend."""


class BeforeData(Protocol):
    """Notes in the store that the text is about to leave us: after a crash its fate is unknown."""

    def __call__(self) -> None: ...
