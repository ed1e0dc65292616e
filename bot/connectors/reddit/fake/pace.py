"""Reddit's limit, as its headers tell it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

_TOTAL, _PERIOD = 1_000, 600  #: requests, and seconds in which they may be made


@dataclass(kw_only=True, slots=True)
class Pace:
    """Reddit's request headers for a client that keeps to the limit.

    PRAW spreads its requests over the window that the headers describe, by sleeping. A sandbox whose clock
    stands still would put it to sleep for seconds, so the window runs as fast as the requests come.
    """

    used: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def headers(self) -> dict[str, str]:
        """Count a request and say what is left."""
        with self.lock:
            self.used = self.used % (_TOTAL - 20) + 1
            left = _TOTAL - self.used
        values = {"used": self.used, "remaining": f"{left}.0", "reset": _PERIOD * left // _TOTAL - 1}
        return {f"x-ratelimit-{name}": str(value) for name, value in values.items()}
