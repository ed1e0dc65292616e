"""What happens in a sandbox, as frozen values: who there is, and what is published, edited, deleted or removed when.

A story knows no server. `loading` reads one from YAML, `synthetic` makes one of any size, and `world`
says what it looks like at a given moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """Somebody with an account on one platform.

    platform: where.
    handle: the account's name, without what people write in front; unique per platform, whatever the case.
    name: the display name as typed by its owner, hostile markup included.
    """

    platform: str
    handle: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Photo:
    """A picture attached to a post.

    url: where the picture would be served (never fetched).
    alt_text: the description given by the publisher, or None.
    """

    url: str
    alt_text: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Publish:
    """A post or comment appears.

    ref: the story's own name for it, unique in the story; never served.
    at: when, in UTC.
    platform: where.
    author: handle of the author's profile.
    text: the words as typed, without a mention that the platform itself puts before a reply.
    parent: ref of the post that it answers, or None.
    quotes: ref of the post that it quotes, or None.
    shares: ref of the post that it passes on as it stands, or None; the platform makes its words from that one's.
    poll: what people may choose from, where it asks them.
    title: where posts that begin a thread have one (Reddit's submissions); None for anything else.
    subreddit: the community that it begins a thread in, without r/; what answers it is there too.
    photos: attached pictures.
    lang: BCP 47 language tag as the platform would report it.
    expect: topics that a good policy should find in it; for tests, never served.
    """

    ref: str
    at: datetime
    platform: str
    author: str
    text: str
    parent: str | None = None
    quotes: str | None = None
    shares: str | None = None
    poll: tuple[str, ...] = ()
    title: str | None = None
    subreddit: str | None = None
    photos: tuple[Photo, ...] = ()
    lang: str = "en"
    expect: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    """The author changes the words.

    ref: the post edited. at: when, in UTC. text: the words from then on.
    """

    ref: str
    at: datetime
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Delete:
    """The author takes the post away. ref: the post. at: when, in UTC."""

    ref: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Remove:
    """A community's moderator takes the post away. ref: the post. at: when, in UTC."""

    ref: str
    at: datetime


Event: TypeAlias = Publish | Edit | Delete | Remove


class StoryError(ValueError):
    """A story that contradicts itself or cannot be read; the message says where and how to mend it.

    event: the event that does not fit, if it is about one.
    """

    def __init__(self, message: str, event: Event | None = None) -> None:
        """Say what is wrong, and with which event."""
        super().__init__(message)
        self.event = event


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """Everything that happens.

    name: for people.
    start, end: the period told, in UTC; end is exclusive.
    time_zone: IANA name of the brand's local time.
    brand: the brand's handle by platform (the accounts under oversight, owners of the API keys).
    profiles: everybody who publishes.
    events: what happens, in any order.
    """

    name: str
    start: datetime
    end: datetime
    time_zone: str
    brand: Mapping[str, str]
    profiles: tuple[Profile, ...]
    events: tuple[Event, ...]

    def with_events(self, *events: Event) -> Story:
        """The same story with more happening, for tests that edit or delete what is there."""
        return replace(self, events=self.events + events)

    def posts(self, platform: str | None = None) -> tuple[Publish, ...]:
        """What is published (on one platform, if given), oldest first."""
        found = [e for e in self.events if isinstance(e, Publish) and platform in (None, e.platform)]
        return tuple(sorted(found, key=lambda post: post.at))

    def expected(self) -> dict[str, tuple[str, ...]]:
        """Topics a good policy should find, by ref, for the posts that have any."""
        return {post.ref: post.expect for post in self.posts() if post.expect}
