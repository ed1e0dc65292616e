"""The clock that a demo or a test turns."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta


class SandboxClock:
    """A settable wall clock. It stands still until somebody turns it.

    Safe to read and turn from any thread: the servers read it in their own threads while the
    demo turns it in the main one.
    """

    def __init__(self, now: datetime) -> None:
        """Start at `now` (timezone-aware; kept in UTC). Raises ValueError for a naive time."""
        self._lock = threading.Lock()
        self._now = _utc(now)

    def now(self) -> datetime:
        """The sandbox's present, in UTC."""
        with self._lock:
            return self._now

    def __call__(self) -> datetime:
        """The same as `now()`, so that the clock fits wherever a `now` function is asked for."""
        return self.now()

    def set(self, now: datetime) -> datetime:
        """Turn the clock to `now`; backwards is allowed (a test of wrong clocks needs it)."""
        with self._lock:
            self._now = _utc(now)
            return self._now

    def advance(self, by: timedelta) -> datetime:
        """Turn the clock forward and say what it shows then. Raises ValueError for a negative step."""
        if by < timedelta(0):
            raise ValueError("advance() goes forward only; use set() to turn the clock back")
        with self._lock:
            self._now += by
            return self._now


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"the sandbox clock needs a time with a zone, got {moment!r}")
    return moment.astimezone(UTC)
