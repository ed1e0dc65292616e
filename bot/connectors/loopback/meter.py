"""The money meter: what a platform would bill for the reads that its loopback server gave.

A resource is charged once per UTC day. An own post, somebody else's and a profile are priced apart, as in
`bot.connectors.shared.site.Prices`.
"""

from __future__ import annotations

import threading
from collections import Counter
from datetime import date, datetime
from typing import TypedDict

KINDS = ("owned", "post", "user")  #: what is priced apart


class Bill(TypedDict):
    """What the meter shows; money in micro-dollars, everything else counts.

    requests: calls received, refused ones included. served: resources in answers. billed: resources charged,
    by kind (owned, post, user). posts: the billed posts of both kinds. repeated: resources served again on a day
    already paid. micro_dollars: the total. days: micro-dollars by UTC date.
    """

    requests: int
    served: int
    billed: dict[str, int]
    posts: int
    repeated: int
    micro_dollars: int
    days: dict[str, int]


class Meter:
    """Counts requests, and bills what was read. Safe to use from any thread."""

    def __init__(self) -> None:
        """Start at nothing."""
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, str]] = Counter()
        self._charged: dict[tuple[str, date, str, str], int] = {}
        self._served: Counter[str] = Counter()

    def count(self, platform: str, path: str) -> None:
        """One request arrived."""
        with self._lock:
            self._requests[platform, path] += 1

    def charge(self, platform: str, kind: str, resource_id: str, micro_dollars: int, now: datetime) -> None:
        """One resource was returned at `now` (UTC); billed if it is the day's first time.

        kind: owned, post or user.
        """
        with self._lock:
            self._served[platform] += 1
            self._charged.setdefault((platform, now.date(), kind, resource_id), micro_dollars)

    def requests(self, platform: str, path_prefix: str = "") -> int:
        """How many requests the platform's server has received on paths that begin so."""
        with self._lock:
            return sum(
                n
                for (where, path), n in self._requests.items()
                if where == platform and path.startswith(path_prefix)
            )

    def bill(self, platform: str) -> Bill:
        """The platform's bill so far."""
        requests = self.requests(platform)
        with self._lock:
            mine = {
                (day, kind, one): p
                for (where, day, kind, one), p in self._charged.items()
                if where == platform
            }
            served = self._served[platform]
        kinds = Counter(kind for _, kind, _ in mine)
        days: Counter[str] = Counter()
        for (day, _, _), price in mine.items():
            days[day.isoformat()] += price
        return Bill(
            requests=requests,
            served=served,
            billed={kind: kinds[kind] for kind in KINDS},
            posts=kinds["owned"] + kinds["post"],
            repeated=served - len(mine),
            micro_dollars=sum(days.values()),
            days=dict(sorted(days.items())),
        )

    def reset(self) -> None:
        """Forget everything, so that the next read of each resource is billed again."""
        with self._lock:
            self._requests.clear()
            self._charged.clear()
            self._served.clear()
