"""What is other in a replay than in the service: the platform, the way out, and the network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.judging.facts.find import Facts
from bot.judging.facts.lookup import Lookup
from bot.ports import AccountRef, Allowance, BeforeData, Delivery, Page, Receipt, SecondLook
from bot.replay.archive import ArchiveEvent, seen
from policies.facts import LinkState, PictureState
from policies.model.post import Post

NOT_ASKED = "a replay asks nobody on the internet"


class ArchiveConnector:
    """A `bot.ports.Connector` for one account: shows what the archive says was to be seen by then.

    An edit and a deletion come with the next pull, as from a platform that tells of changes.
    """

    def __init__(self, platform: str, changes: Sequence[ArchiveEvent]) -> None:
        self.platform = platform
        self._changes = changes  #: of the account, oldest first

    def streams(self, account: AccountRef) -> tuple[str, ...]:  # noqa: ARG002 -- the shape of a connector
        """One: an archive holds everything."""
        return ("archive",)

    def pull(
        self,
        account: AccountRef,  # noqa: ARG002
        stream: str,  # noqa: ARG002
        cursor: Mapping[str, Any] | None,
        allowance: Allowance,  # noqa: ARG002 -- nobody charges for a file
        now: datetime,
    ) -> Iterator[Page]:
        """One page of everything new."""
        begin, end = (cursor or {}).get("seen", 0), seen(self._changes, now)
        if begin < end:
            posts = tuple(change.post for change in self._changes[begin:end])
            yield Page(posts=posts, cursor={"seen": end})

    def look_again(
        self,
        account: AccountRef,  # noqa: ARG002
        posts: Sequence[Post],
        allowance: Allowance,  # noqa: ARG002
        now: datetime,
    ) -> SecondLook:
        """These posts as they stand now."""
        newest = {change.post.key: change.post for change in self._changes[: seen(self._changes, now)]}
        known = [newest[post.key] for post in posts if post.key in newest]
        return SecondLook(
            posts=tuple(post for post in known if post.deleted_at is None),
            gone=tuple(post.key for post in known if post.deleted_at is not None),
            answered=tuple(post.key for post in posts),
        )

    def check_access(self, account: AccountRef) -> str:
        """There is nobody to ask."""
        return f"reads {account.handle} from an archive"


class Recorder:
    """A `bot.ports.Channel` that delivers to nobody and remembers for whom each message was."""

    name = "email"

    def __init__(self) -> None:
        self.recipients: list[tuple[str, ...]] = []  #: of each message, in the order in which they left

    def send(self, recipients: Sequence[str], message: bytes, before_data: BeforeData) -> Receipt:  # noqa: ARG002
        """Take one message."""
        before_data()
        self.recipients.append(tuple(recipients))
        return Receipt(delivery=Delivery.SENT, detail="replayed")

    def check(self) -> str:
        """There is nobody to ask."""
        return "Nothing leaves a replay."


def no_facts() -> Facts:
    """What rules ask about links and pictures stays unknown: the internet of today is not the archive's."""

    def unknown_link(reason: str) -> LinkState:
        return LinkState(alive=None, reason=reason)

    def unknown_picture(reason: str) -> PictureState:
        return PictureState(words=None, reason=reason)

    return Facts(
        links=Lookup(
            lambda _: unknown_link(NOT_ASKED), unknown=unknown_link, keep=_for_good, seconds=60, workers=1
        ),
        pictures=Lookup(
            lambda _: unknown_picture(NOT_ASKED),
            unknown=unknown_picture,
            keep=_for_good,
            seconds=60,
            workers=1,
        ),
    )


def _for_good(_: object) -> timedelta:
    return timedelta(days=36_500)
