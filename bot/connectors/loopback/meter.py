"""The money meter: what X would bill for the reads that the sandbox served.

X charges per resource returned, once per resource and UTC day, and prices reads of one's own posts, of other
people's posts and of users apart (PLATFORMS.md, "Money"; X's pay-per-use documentation). Posts and users that
come along in `includes` are resources like any other.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypedDict


class Read(StrEnum):
    """A kind of resource with its own price."""

    OWNED = "owned"
    POST = "posts"
    USER = "users"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rates:
    """Prices in micro-dollars (millionths of a dollar) per resource and UTC day.

    owned: a post of the account that owns the keys. post: anybody else's post. user: a user object.
    """

    owned: int = 1_000
    post: int = 5_000
    user: int = 10_000

    def price(self, read: Read) -> int:
        """Micro-dollars for one resource of that kind."""
        return {Read.OWNED: self.owned, Read.POST: self.post, Read.USER: self.user}[read]


class Bill(TypedDict):
    """What the meter shows; money in micro-dollars, everything else counts.

    requests: calls received, refused ones included. served: resources in answers. billed: resources charged,
    by kind. posts: the billed posts of both kinds. repeated: resources served again on a day already paid.
    micro_dollars: the total. days: micro-dollars by UTC date.
    """

    requests: int
    served: int
    billed: dict[str, int]
    posts: int
    repeated: int
    micro_dollars: int
    days: dict[str, int]


class Meter:
    """Counts requests on both platforms and bills X reads. Safe to use from any thread."""

    def __init__(self, rates: Rates | None = None) -> None:
        """Start at nothing, with X's prices unless `rates` says otherwise."""
        self._rates = rates or Rates()
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, str]] = Counter()
        self._charged: dict[tuple[date, Read, str], int] = {}
        self._served = 0

    def count(self, platform: str, path: str) -> None:
        """One request arrived."""
        with self._lock:
            self._requests[platform, path] += 1

    def charge(self, read: Read, resource_id: str, now: datetime) -> None:
        """One X resource was returned at `now` (UTC); billed if it is the day's first time."""
        with self._lock:
            self._served += 1
            self._charged.setdefault((now.date(), read, resource_id), self._rates.price(read))

    def requests(self, platform: str, path_prefix: str = "") -> int:
        """How many requests the platform's server has received on paths that begin so."""
        with self._lock:
            return sum(
                n
                for (where, path), n in self._requests.items()
                if where == platform and path.startswith(path_prefix)
            )

    def x(self) -> Bill:
        """X's bill so far."""
        requests = self.requests("x")
        with self._lock:
            kinds = Counter(read.value for _, read, _ in self._charged)
            days: Counter[str] = Counter()
            for (day, _, _), price in self._charged.items():
                days[day.isoformat()] += price
            return Bill(
                requests=requests,
                served=self._served,
                billed={read.value: kinds[read.value] for read in Read},
                posts=kinds[Read.OWNED.value] + kinds[Read.POST.value],
                repeated=self._served - len(self._charged),
                micro_dollars=sum(days.values()),
                days=dict(sorted(days.items())),
            )

    def reset(self) -> None:
        """Forget everything, so that the next read of each resource is billed again."""
        with self._lock:
            self._requests.clear()
            self._charged.clear()
            self._served = 0
