"""What is Reddit's own about posts and people: fullnames in base 36, titles, communities, moderators."""

from __future__ import annotations

from datetime import datetime

from bot.connectors.loopback.story import Event, Profile, Publish
from bot.connectors.loopback.world import Item, person_number, unix_milliseconds

_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"


class RedditNature:
    """See `bot.connectors.loopback.world.Nature`."""

    edits_make_ids = False
    titled = True

    def bare_id(self, at: datetime, sequence: int) -> str:
        """Seconds and a counter, in base 36."""
        return base36((unix_milliseconds(at) // 1000 - 1_000_000_000) * 64 + sequence)

    def external_id(self, item: Item, bare_id: str) -> str:
        """A fullname."""
        return fullname(item, bare_id)

    def person_id(self, profile: Profile) -> str:
        """The part after t2_."""
        return user_id(profile)

    def objection(self, event: Event, item: Item) -> str | None:
        """A submission stands somewhere under a title."""
        if isinstance(event, Publish) and item.parent is None and not (event.subreddit and event.title):
            return "a Reddit submission needs a subreddit and a title"
        return None


def user_id(profile: Profile) -> str:
    """Somebody's id on Reddit, without t2_."""
    return base36(person_number(profile))


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
