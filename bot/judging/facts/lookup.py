"""Looks many things up at once, in bounded time, and remembers for a while what it saw."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from typing import Generic, TypeVar

import structlog

log = structlog.get_logger(__name__)
S = TypeVar("S")
NO_TIME = "there was no time left to look"


class Lookup(Generic[S]):
    """One kind of fact about addresses."""

    def __init__(
        self,
        look: Callable[[str], S],
        *,
        unknown: Callable[[str], S],
        keep: Callable[[S], timedelta],
        seconds: float,
        workers: int,
        most: int = 5000,
    ) -> None:
        """``look`` finds one fact; ``unknown`` is the fact for a reason why it is not known.

        ``keep`` says how long a fact holds, ``seconds`` how long all of one batch may take, ``most`` how many facts
        are remembered.
        """
        self._look, self._unknown, self._keep = look, unknown, keep
        self._seconds, self._workers, self._most = seconds, workers, most
        self._known: dict[str, tuple[datetime, S]] = {}  # address -> (UTC until when it holds, fact)

    def of(self, addresses: Iterable[str], now: datetime) -> dict[str, S]:
        """A fact for each address. What does not answer in time is unknown, and is remembered once it has."""
        asked = dict.fromkeys(addresses)
        found = {a: held[1] for a in asked if (held := self._known.get(a)) and held[0] > now}
        missing = [a for a in asked if a not in found]
        return found | self._fresh(missing, now) if missing else found

    def _fresh(self, addresses: list[str], now: datetime) -> dict[str, S]:
        pool = ThreadPoolExecutor(self._workers, thread_name_prefix="facts")
        running: dict[str, Future[S]] = {a: pool.submit(self._remembered, a, now) for a in addresses}
        done, _ = wait(running.values(), timeout=self._seconds)
        pool.shutdown(wait=False, cancel_futures=True)
        return {a: self._result(one) if one in done else self._unknown(NO_TIME) for a, one in running.items()}

    def _result(self, done: Future[S]) -> S:
        """The fact; one address that trips a library must not keep all other posts from being judged."""
        if error := done.exception():
            log.error("look_failed", exc_info=error)
            return self._unknown("looking at it failed")
        return done.result()

    def _remembered(self, address: str, now: datetime) -> S:
        fact = self._look(address)
        if len(self._known) >= self._most:
            self._known = {a: held for a, held in list(self._known.items()) if held[0] > now}
        if len(self._known) < self._most:
            self._known[address] = now + self._keep(fact), fact
        return fact
