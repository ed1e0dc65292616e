"""Stories of any size without YAML, for tests and benchmarks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.connectors import SITES
from bot.connectors.loopback.story import Profile, Publish, Story
from bot.sandbox.fakes import fake_of

EPOCH = datetime(2026, 10, 19, 4, 0, tzinfo=UTC)
"""When synthetic stories begin unless told otherwise."""
BRAND = "examplebrand"
CUSTOMER = "somecustomer"
SUBREDDIT = "examplebrand"


def story_of(
    *posts: Publish,
    start: datetime = EPOCH,
    end: datetime | None = None,
    profiles: tuple[Profile, ...] = (),
) -> Story:
    """A story of exactly these posts, with `examplebrand` and `somecustomer` on every platform.

    Authors without a profile get one. `end` defaults to one day after the last post.
    """
    last = max((post.at for post in posts), default=start)
    known = {(p.platform, p.handle.lower()) for p in profiles}
    named = {(platform, handle) for platform in SITES for handle in (BRAND, CUSTOMER)}
    named |= {(post.platform, post.author) for post in posts}
    made = [
        Profile(platform=p, handle=h, name=h.title()) for p, h in sorted(named) if (p, h.lower()) not in known
    ]
    return Story(
        name="synthetic",
        start=start,
        end=end or last + timedelta(days=1),
        time_zone="America/New_York",
        brand=dict.fromkeys(SITES, BRAND),
        profiles=(*profiles, *made),
        events=posts,
    )


def timeline(
    count: int,
    *,
    platform: str = "x",
    author: str = BRAND,
    start: datetime = EPOCH,
    every: timedelta = timedelta(minutes=1),
    text: str = "Post number {n}.",
) -> tuple[Publish, ...]:
    """`count` posts called p0, p1, … of one author, one `every` interval, the first at `start`.

    `text` may hold {n} and, for mentions, the brand's handle. On Reddit they are submissions.
    """
    titled = fake_of(platform).nature.titled
    return tuple(
        Publish(
            ref=f"p{n}",
            at=start + n * every,
            platform=platform,
            author=author,
            text=text.format(n=n),
            title=f"Title {n}" if titled else None,
            subreddit=SUBREDDIT if titled else None,
        )
        for n in range(count)
    )


def replies(
    count: int,
    *,
    to: Publish,
    author: str = CUSTOMER,
    every: timedelta = timedelta(minutes=1),
    text: str = "Answer number {n}.",
) -> tuple[Publish, ...]:
    """`count` answers to one post, called <ref>.r0, <ref>.r1, …, the first one interval after it."""
    return tuple(
        Publish(
            ref=f"{to.ref}.r{n}",
            at=to.at + (n + 1) * every,
            platform=to.platform,
            author=author,
            text=text.format(n=n),
            parent=to.ref,
        )
        for n in range(count)
    )
