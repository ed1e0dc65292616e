"""X's request limits: so many calls per endpoint and 15 minutes, by the sandbox's clock."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import datetime

WINDOW_SECONDS = 900
LIMITS = {
    "timeline": 900,
    "mentions": 300,
    "search": 300,
    "lookup": 900,
    "quotes": 75,
    "users": 300,
    "me": 75,
}
"""Calls per window by endpoint (X's documentation of rate limits)."""


class XLimits:
    """Counts the calls of the current window. Safe to use from any thread."""

    def __init__(self) -> None:
        """Nothing used yet."""
        self._lock = threading.Lock()
        self._used: Counter[tuple[str, int]] = Counter()

    def use(self, endpoint: str, now: datetime) -> tuple[bool, dict[str, str]]:
        """Count a call. Whether it is within the limit, and the headers that say what is left."""
        window = int(now.timestamp()) // WINDOW_SECONDS
        limit = LIMITS[endpoint]
        with self._lock:
            self._used[endpoint, window] += 1
            left = limit - self._used[endpoint, window]
        headers = {"limit": limit, "remaining": max(left, 0), "reset": (window + 1) * WINDOW_SECONDS}
        return left >= 0, {f"x-rate-limit-{name}": str(value) for name, value in headers.items()}
