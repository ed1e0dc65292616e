"""What a story looks like at a given moment: the servers' only source.

Everything that can be known beforehand (ids, versions, threads) is laid out once, and each question is
answered for the `now` that comes with it, so that turning the clock needs no bookkeeping.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from bot.connectors.loopback.story import (
    Delete,
    Edit,
    Event,
    Profile,
    Publish,
    Remove,
    Story,
    StoryError,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """One wording of a post.

    id: the platform's bare id, where it gives each version one (X), or the post's.
    at: since when, in UTC. text: the words.
    """

    id: str
    at: datetime
    text: str


@dataclass(eq=False, kw_only=True, slots=True)
class Item:
    """A post with all that will ever happen to it; filled while the world is built, never changed after.

    post: how it was published. author: by whom. versions: oldest first, at least one.
    deleted_at, removed_at: UTC or None. parent, quoted, shared: posts referred to. children: answers, oldest first.
    """

    post: Publish
    author: Profile
    versions: list[Version]
    deleted_at: datetime | None = None
    removed_at: datetime | None = None
    parent: Item | None = None
    quoted: Item | None = None
    shared: Item | None = None
    children: list[Item] = field(default_factory=list)

    @property
    def first(self) -> Version:
        """The version first published."""
        return self.versions[0]

    @property
    def root(self) -> Item:
        """The post that began the thread; the post itself if it began one."""
        item = self
        while item.parent is not None:
            item = item.parent
        return item

    def exists(self, now: datetime) -> bool:
        """Whether it has been published by `now`, deleted or not."""
        return self.first.at <= now

    def deleted(self, now: datetime) -> bool:
        """Whether its author has taken it away by `now`."""
        return self.deleted_at is not None and self.deleted_at <= now

    def removed(self, now: datetime) -> bool:
        """Whether a moderator has taken it away by `now`."""
        return self.removed_at is not None and self.removed_at <= now

    def visible(self, now: datetime) -> bool:
        """Whether anybody can read it at `now`."""
        return self.exists(now) and not self.deleted(now) and not self.removed(now)

    def known(self, now: datetime) -> list[Version]:
        """The versions published by `now`, oldest first."""
        return [version for version in self.versions if version.at <= now]

    def current(self, now: datetime) -> Version:
        """The version that stands at `now` (the first one if asked before it was published)."""
        return (self.known(now) or self.versions[:1])[-1]


class Nature(Protocol):
    """What is a platform's own about posts and people: how they are numbered, and what it refuses."""

    edits_make_ids: bool  #: whether each version of a post has an id of its own
    titled: bool  #: whether what begins a thread has a title and a community

    def bare_id(self, at: datetime, sequence: int) -> str:
        """Id of the post published at that time (UTC); ``sequence`` tells those of one moment apart."""

    def external_id(self, item: Item, bare_id: str) -> str:
        """The id by which clients name the post."""

    def person_id(self, profile: Profile) -> str:
        """Id of somebody with an account, the same in each run."""

    def objection(self, event: Event, item: Item) -> str | None:
        """Why the platform would not let this happen to the post, None where it would."""


class World:
    """A story laid out for the servers.

    Raises StoryError if the story contradicts itself: a repeated or unknown ref, an unknown author, an answer
    older than what it answers, an edit that its platform would refuse.
    """

    def __init__(self, story: Story, natures: Mapping[str, Nature]) -> None:
        """Lay out `story` on platforms of these natures."""
        self.story = story
        self._natures = natures
        self._profiles = {(p.platform, p.handle.lower()): p for p in story.profiles}
        self._refs: dict[str, Item] = {}
        self._ids: dict[tuple[str, str], tuple[Item, Version]] = {}
        self._authored: dict[tuple[str, str], list[Item]] = defaultdict(list)
        self._items: dict[str, list[Item]] = defaultdict(list)
        for event in sorted(story.events, key=_order):
            try:
                self._lay(event)
            except StoryError as error:
                raise StoryError(str(error), event) from error

    def brand(self, platform: str) -> Profile | None:
        """The brand's profile there, or None if it has none."""
        handle = self.story.brand.get(platform)
        return None if handle is None else self.profile(platform, handle)

    def profile(self, platform: str, handle: str) -> Profile | None:
        """The profile of that name, whatever the case, or None."""
        return self._profiles.get((platform, handle.lower()))

    def profile_by_id(self, platform: str, user_id: str) -> Profile | None:
        """The profile with that external id, or None."""
        return next(
            (p for p in self._profiles.values() if p.platform == platform and self.person_id(p) == user_id),
            None,
        )

    def item(self, ref: str) -> Item:
        """The post that the story calls `ref`. Raises StoryError if there is none."""
        try:
            return self._refs[ref]
        except KeyError:
            raise StoryError(f"no post is called {ref!r} before this event") from None

    def external_id(self, ref: str, *, version: int = 0) -> str:
        """The id by which clients of its platform name a post, or one version of it."""
        item = self.item(ref)
        return self._natures[item.post.platform].external_id(item, item.versions[version].id)

    def person_id(self, profile: Profile) -> str:
        """The platform's id of somebody."""
        return self._natures[profile.platform].person_id(profile)

    def find(self, platform: str, bare_id: str) -> tuple[Item, Version] | None:
        """The post and version with that bare id, or None."""
        return self._ids.get((platform, bare_id))

    def items(self, platform: str) -> list[Item]:
        """Every post there, oldest first, published or not."""
        return self._items[platform]

    def authored(self, profile: Profile) -> list[Item]:
        """Every post by somebody, oldest first, published or not."""
        return self._authored[profile.platform, profile.handle.lower()]

    def _lay(self, event: Event) -> None:
        match event:
            case Publish():
                self._publish(event)
            case Edit():
                item = self._allowed(event, self.item(event.ref))
                self._add_version(item, event.at, event.text)
            case Delete():
                self._allowed(event, self.item(event.ref)).deleted_at = event.at
            case Remove():
                self._allowed(event, self.item(event.ref)).removed_at = event.at

    def _publish(self, post: Publish) -> None:
        author = self.profile(post.platform, post.author)
        if author is None:
            raise StoryError(
                f"{post.ref}: nobody on {post.platform} is called {post.author!r}; add a profile"
            )
        if post.ref in self._refs:
            raise StoryError(f"{post.ref}: two posts have this ref; rename one")
        item = Item(post=post, author=author, versions=[])
        item.parent = self._referred(post, post.parent)
        item.quoted = self._referred(post, post.quotes)
        item.shared = self._referred(post, post.shares)
        self._allowed(post, item)
        self._add_version(item, post.at, post.text)
        if item.parent is not None:
            item.parent.children.append(item)
        self._refs[post.ref] = item
        self._items[post.platform].append(item)
        self._authored[post.platform, post.author.lower()].append(item)

    def _referred(self, post: Publish, ref: str | None) -> Item | None:
        if ref is None:
            return None
        other = self._refs.get(ref)
        if other is None or other.post.platform != post.platform:
            raise StoryError(
                f"{post.ref}: refers to {ref!r}, which is not an earlier post on {post.platform}"
            )
        return other

    def _allowed(self, event: Event, item: Item) -> Item:
        reason = self._natures[item.post.platform].objection(event, item)
        if reason is not None:
            raise StoryError(f"{event.ref}: {reason}")
        return item

    def _add_version(self, item: Item, at: datetime, text: str) -> None:
        platform = item.post.platform
        keeps_id = item.versions and not self._natures[platform].edits_make_ids
        bare = item.first.id if keeps_id else self._free_id(platform, at)
        version = Version(id=bare, at=at, text=text)
        item.versions.append(version)
        self._ids[platform, bare] = (item, version)

    def _free_id(self, platform: str, at: datetime) -> str:
        make, sequence = self._natures[platform].bare_id, 0
        while (platform, make(at, sequence)) in self._ids:
            sequence += 1
        return make(at, sequence)


def person_number(profile: Profile) -> int:
    """A number that is somebody's own and the same in each run, for natures to write in their way."""
    digest = hashlib.sha256(f"{profile.platform}/{profile.handle.lower()}".encode()).digest()
    return int.from_bytes(digest[:5], "big")


def unix_milliseconds(at: datetime) -> int:
    """Milliseconds since 1970, for natures that put the time into ids."""
    return int((at.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))


def mentions(text: str, handle: str, mark: str) -> bool:
    """Whether `text` names `handle` behind `mark` (for instance @) as a whole word, whatever the case."""
    return (
        re.search(rf"(?<![\w/@]){re.escape(mark)}{re.escape(handle)}(?!\w)", text, re.IGNORECASE) is not None
    )


def newest_first(items: Iterable[Item], now: datetime) -> list[Item]:
    """The readable ones among `items`, which must come oldest first, turned round."""
    found = [item for item in items if item.visible(now)]
    found.reverse()
    return found


def _order(event: Event) -> tuple[datetime, int]:
    return event.at, 0 if isinstance(event, Publish) else 1
