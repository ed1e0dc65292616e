"""Gathers what is known around posts, the same for everybody who judges: service, command line and rule cases.

What no rule needs is not fetched, and what several posts need is fetched once. Where links lead and what stands in
pictures is not gathered here: that needs the network.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from policies.campaigns import Campaign, campaign_of
from policies.model.hours import ALWAYS, BusinessHours
from policies.model.keys import AccountKey, PostKey, ThreadKey
from policies.model.limits import TopicLimits
from policies.model.people import Person
from policies.model.post import Post
from policies.model.thread import Thread, threads_of
from policies.needs import Need
from policies.scoring import Embedder, Reading
from policies.served import own_words
from policies.view import Context

Reader = Callable[[Sequence[str]], Sequence[Reading]]  #: one reading per text, in order


class PostSource(Protocol):
    """Where the posts around others are looked up: in the store, or among the posts of a file."""

    def threads(self, keys: Collection[ThreadKey]) -> Mapping[ThreadKey, Thread]:
        """The conversations that are known."""

    def history(self, account: AccountKey, since: datetime, until: datetime) -> Sequence[Post]:
        """What the account published from ``since`` to ``until`` (UTC, both included), and the last post before.

        Oldest first.
        """


class PostsInHand:
    """Some posts, as the source of what surrounds each of them."""

    def __init__(self, posts: Sequence[Post]) -> None:
        self._threads = threads_of(posts)
        self._published: dict[AccountKey, list[Post]] = defaultdict(list)
        for post in sorted(posts, key=_time):
            if post.outbound:
                self._published[post.key.account_key].append(post)

    def threads(self, keys: Collection[ThreadKey]) -> Mapping[ThreadKey, Thread]:
        """The conversations that the posts form among themselves."""
        return {key: self._threads[key] for key in keys if key in self._threads}

    def history(self, account: AccountKey, since: datetime, until: datetime) -> Sequence[Post]:
        """The posts that were published in time, and the last one before."""
        return between(self._published.get(account, ()), since, until)


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandProfile:
    """What the settings say of the brand that published."""

    people: Sequence[Person] = ()  #: the roster
    hours: BusinessHours = ALWAYS  #: its zone is the one in which campaigns count their days
    campaigns: Sequence[Campaign] = ()
    limits: Mapping[str, TopicLimits] = field(
        default_factory=dict
    )  #: of topics that its owner's verdicts moved


@dataclass(frozen=True, slots=True, kw_only=True)
class Gatherer:
    """Finds out what some rules need to know around posts."""

    needs: frozenset[Need]  #: what the rules need
    looks_back: timedelta  #: how far back they want to know what the account published
    source: PostSource
    brand: BrandProfile = BrandProfile()
    read: Reader | None = None  #: None where there is no tone model
    embedder: Embedder | None = None  #: None where there is no sentence model
    labels: Callable[[Post], frozenset[str]] = lambda _: frozenset()  #: what the platform shows on a post

    def around(self, posts: Sequence[Post]) -> list[Context]:
        """What surrounds each post, in order."""
        threads = self._threads(posts)
        readings = self._readings(posts, threads.values())
        published = self._published(posts)
        return [
            Context(
                reading=readings.get(post.key),
                readings=readings,
                thread=threads.get(post.thread_key),
                history=self._history(post, published),
                people=self.brand.people,
                hours=self.brand.hours,
                campaign=self._campaign(post),
                labels=self.labels(post) if Need.LABELS in self.needs else frozenset(),
                embedder=self.embedder,
                limits=self.brand.limits,
            )
            for post in posts
        ]

    def _threads(self, posts: Sequence[Post]) -> Mapping[ThreadKey, Thread]:
        if Need.THREAD not in self.needs:
            return {}
        return self.source.threads({post.thread_key for post in posts if post.parent_id or post.outbound})

    def _readings(self, posts: Sequence[Post], threads: Collection[Thread]) -> Mapping[PostKey, Reading]:
        """Readings of the posts, and of what others said around them."""
        if self.read is None or Need.READING not in self.needs:
            return {}
        others = (post for thread in threads for post in thread.posts if not post.outbound)
        texts = {post.key: own_words(post).strip() or post.text for post in (*others, *posts)}
        return dict(zip(texts, self.read(list(texts.values())), strict=True))

    def _published(self, posts: Sequence[Post]) -> Mapping[AccountKey, Sequence[Post]]:
        if Need.HISTORY not in self.needs:
            return {}
        times: dict[AccountKey, list[datetime]] = defaultdict(list)
        for post in posts:
            times[post.key.account_key].append(post.created_at)
        return {
            account: self.source.history(account, min(at) - self.looks_back, max(at))
            for account, at in times.items()
        }

    def _campaign(self, post: Post) -> str | None:
        known = self.brand.campaigns if Need.CAMPAIGN in self.needs else ()
        return campaign_of(post, known, self.brand.hours.zone)

    def _history(self, post: Post, published: Mapping[AccountKey, Sequence[Post]]) -> Sequence[Post] | None:
        known = published.get(post.key.account_key)
        if known is None:
            return None
        found = between(known, post.created_at - self.looks_back, post.created_at)
        return [one for one in found if one.key != post.key]


def between(posts: Sequence[Post], since: datetime, until: datetime) -> Sequence[Post]:
    """Of posts in order of time, those from ``since`` to ``until``, both included, and the last one before."""
    start = bisect_left(posts, since, key=_time)
    return posts[max(0, start - 1) : bisect_right(posts, until, key=_time)]


def _time(post: Post) -> datetime:
    return post.created_at
