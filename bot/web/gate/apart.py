"""What machines ask every few seconds is found out apart from the pages: on a thread of its own, once a moment."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

T = TypeVar("T")

FRESH = 1.0  #: seconds for which an answer is given again
PATIENCE = 5.0  #: seconds until somebody who asks is told that there is no answer


class Apart(Generic[T]):
    """An answer that a crowd of pages cannot hold up, and that a crowd of questions does not make costly."""

    def __init__(self, ask: Callable[[], T], name: str) -> None:
        self._ask = ask
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._asked: Future[T] | None = None
        self._answered_at = 0.0

    async def answer(self) -> T:
        """The newest answer. Raises `TimeoutError` where it takes too long."""
        stale = time.monotonic() - self._answered_at > FRESH
        if self._asked is None or (self._asked.done() and stale):
            self._asked = self._thread.submit(self._timed)
        waited = asyncio.shield(asyncio.wrap_future(self._asked))
        return await asyncio.wait_for(waited, PATIENCE)

    def _timed(self) -> T:
        try:
            return self._ask()
        finally:
            self._answered_at = time.monotonic()
