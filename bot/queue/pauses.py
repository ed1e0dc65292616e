"""Which pull makes a difference, where time is simulated and nothing happens between two moments."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta


def worthwhile(
    first: datetime, every: timedelta, *, news: datetime | None, digests: Iterable[datetime]
) -> datetime:
    """Of the times at which an account would be pulled, the first at which that makes a difference.

    That is the first from ``news`` on, when it has something new, and the last up to a digest, which says when each
    account was read last. ``first`` is the next pull by the plan; everything is UTC.
    """
    if every <= timedelta():
        return first
    waits = [-((first - news) // every)] if news else []  # rounded up
    waits += [(digest - first) // every for digest in digests]
    return first + max(min(waits, default=0), 0) * every
