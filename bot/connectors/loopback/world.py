"""What a story looks like at a given moment: the servers' only source.

Everything that can be known beforehand (ids, versions, threads) is laid out once, and each question is
answered for the `now` that comes with it, so that turning the clock needs no bookkeeping.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.connectors.loopback.story import (
    Delete,
    Edit,
    Event,
    Platform,
    Profile,
    Publish,
    Remove,
    Story,
    StoryError,
)

SNOWFLAKE_EPOCH_MS = 1_288_834_974_657
"""Zero of X's ids, in Unix milliseconds (X's documentation of snowflakes)."""
EDIT_WINDOW = timedelta(minutes=30)
"""How long an X post may be edited (edit_controls.editable_until in X's documentation)."""
MAX_EDITS = 5
"""How often an X post may be edited (edit_controls.edits_remaining starts here)."""
_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """One wording of a post.

    id: on X this version's own id, on Reddit the post's. at: since when, in UTC. text: the words.
    """

    id: str
    at: datetime
    text: str


@dataclass(eq=False, kw_only=True, slots=True)
class Item:
    """A post with all that will ever happen to it; filled while the world is built, never changed after.

    post: how it was published. author: by whom. versions: oldest first, at least one.
    deleted_at, removed_at: UTC or None. parent, quoted: posts referred to. children: answers, oldest first.
    """

    post: Publish
    author: Profile
    versions: list[Version]
    deleted_at: datetime | None = None
    removed_at: datetime | None = None
    parent: Item | None = None
    quoted: Item | None = None
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


class World:
    """A story laid out for the servers.

    Raises StoryError if the story contradicts itself: a repeated or unknown ref, an unknown author, an answer
    older than what it answers, an edit that X would refuse.
    """

    def __init__(self, story: Story) -> None:
        """Lay out `story`."""
        self.story = story
        self._profiles = {(p.platform, p.handle.lower()): p for p in story.profiles}
        self._refs: dict[str, Item] = {}
        self._ids: dict[tuple[Platform, str], tuple[Item, Version]] = {}
        self._authored: dict[tuple[Platform, str], list[Item]] = defaultdict(list)
        self._items: dict[Platform, list[Item]] = {platform: [] for platform in Platform}
        for event in sorted(story.events, key=_order):
            try:
                self._lay(event)
            except StoryError as error:
                raise StoryError(str(error), event) from error

    def brand(self, platform: Platform) -> Profile | None:
        """The brand's profile there, or None if it has none."""
        handle = self.story.brand.get(platform)
        return None if handle is None else self.profile(platform, handle)

    def profile(self, platform: Platform, handle: str) -> Profile | None:
        """The profile of that name, whatever the case, or None."""
        return self._profiles.get((platform, handle.lower()))

    def profile_by_id(self, platform: Platform, user_id: str) -> Profile | None:
        """The profile with that external id, or None."""
        return next(
            (p for p in self._profiles.values() if p.platform is platform and user_key(p) == user_id), None
        )

    def item(self, ref: str) -> Item:
        """The post that the story calls `ref`. Raises StoryError if there is none."""
        try:
            return self._refs[ref]
        except KeyError:
            raise StoryError(f"no post is called {ref!r} before this event") from None

    def external_id(self, ref: str, *, version: int = 0) -> str:
        """The platform's id of a post: on X a bare number (per version), on Reddit a fullname (t1_… or t3_…)."""
        item = self.item(ref)
        bare = item.versions[version].id
        return bare if item.post.platform is Platform.X else fullname(item, bare)

    def find(self, platform: Platform, bare_id: str) -> tuple[Item, Version] | None:
        """The post and version with that id (Reddit: without t1_ or t3_), or None."""
        return self._ids.get((platform, bare_id))

    def items(self, platform: Platform) -> list[Item]:
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
                self._edit(event)
            case Delete():
                self.item(event.ref).deleted_at = event.at
            case Remove():
                self._remove(event)

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
        _require_place(item)
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
        if other is None or other.post.platform is not post.platform:
            raise StoryError(
                f"{post.ref}: refers to {ref!r}, which is not an earlier post on {post.platform}"
            )
        return other

    def _edit(self, edit: Edit) -> None:
        item = self.item(edit.ref)
        if item.post.platform is Platform.X:
            if edit.at - item.first.at > EDIT_WINDOW:
                raise StoryError(f"{edit.ref}: X refuses an edit more than 30 minutes after publishing")
            if len(item.versions) > MAX_EDITS:
                raise StoryError(f"{edit.ref}: X refuses a sixth edit")
        self._add_version(item, edit.at, edit.text)

    def _remove(self, event: Remove) -> None:
        item = self.item(event.ref)
        if item.post.platform is not Platform.REDDIT:
            raise StoryError(f"{event.ref}: only Reddit has moderators; use delete on X")
        item.removed_at = event.at

    def _add_version(self, item: Item, at: datetime, text: str) -> None:
        platform = item.post.platform
        if platform is Platform.REDDIT and item.versions:
            bare = item.first.id
        else:
            make = _snowflake if platform is Platform.X else _reddit_id
            bare = self._free_id(platform, at, make)
        version = Version(id=bare, at=at, text=text)
        item.versions.append(version)
        self._ids[platform, bare] = (item, version)

    def _free_id(self, platform: Platform, at: datetime, make: Callable[[datetime, int], str]) -> str:
        sequence = 0
        while (platform, make(at, sequence)) in self._ids:
            sequence += 1
        return make(at, sequence)


def user_key(profile: Profile) -> str:
    """A profile's external id: digits on X, the part after t2_ on Reddit. Stable over runs."""
    digest = hashlib.sha256(f"{profile.platform}/{profile.handle.lower()}".encode()).digest()
    number = int.from_bytes(digest[:5], "big")
    return str(1_000_000_000 + number) if profile.platform is Platform.X else base36(number)


def fullname(item: Item, bare_id: str | None = None) -> str:
    """Reddit's name for a thing: t3_ for submissions, t1_ for comments."""
    return f"{'t3' if item.parent is None else 't1'}_{bare_id or item.first.id}"


def base36(number: int) -> str:
    """`number` in Reddit's digits."""
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = _BASE36[rest] + digits
        if number == 0:
            return digits


def mentions(text: str, handle: str, mark: str) -> bool:
    """Whether `text` names `handle` behind `mark` (@ on X, u/ on Reddit) as a whole word, whatever the case."""
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


def _require_place(item: Item) -> None:
    post = item.post
    if post.platform is Platform.REDDIT and item.parent is None and not (post.subreddit and post.title):
        raise StoryError(f"{post.ref}: a Reddit submission needs a subreddit and a title")


def _milliseconds(at: datetime) -> int:
    return int((at.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))


def _snowflake(at: datetime, sequence: int) -> str:
    return str((_milliseconds(at) - SNOWFLAKE_EPOCH_MS << 22) + sequence)


def _reddit_id(at: datetime, sequence: int) -> str:
    return base36((_milliseconds(at) // 1000 - 1_000_000_000) * 64 + sequence)
