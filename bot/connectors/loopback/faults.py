"""Faults on demand: what a platform does on a bad day.

A `Fault` names the requests that it strikes and how. `Faults` holds those that are armed; the servers ask it
about each request before they answer.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """What goes wrong.

    RATE_LIMIT: 429 that says when it ends. RATE_LIMIT_SILENT: 429 without any reset header.
    UNAVAILABLE: 503. UNAUTHORIZED: 401, the token is dead. TIMEOUT: accepts and does not answer for `seconds`.
    CUT_JSON: half of the body. DROP: the connection closes without an answer.
    REPEAT_PAGE: the page served before comes again, with its cursor. REORDER_PAGE: the page is shuffled.
    TURN_CLOCK: the clock jumps `seconds` forward before the answer, so that what the story does then happens
    between two pages.
    """

    RATE_LIMIT = "rate_limit"
    RATE_LIMIT_SILENT = "rate_limit_silent"
    UNAVAILABLE = "unavailable"
    UNAUTHORIZED = "unauthorized"
    TIMEOUT = "timeout"
    CUT_JSON = "cut_json"
    DROP = "drop"
    REPEAT_PAGE = "repeat_page"
    REORDER_PAGE = "reorder_page"
    TURN_CLOCK = "turn_clock"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One thing that goes wrong.

    kind: what.
    platform: whose server; None for all.
    path_prefix: beginning of the paths it strikes, for instance "/2/users"; by default every path.
    after: how many such requests pass unharmed first.
    times: how many it then strikes; None for all.
    seconds: RATE_LIMIT: until the reset; TIMEOUT: until it gives up; TURN_CLOCK: how far.
    """

    kind: FaultKind
    platform: str | None = None
    path_prefix: str = "/"
    after: int = 0
    times: int | None = 1
    seconds: int = 900

    def concerns(self, platform: str, path: str) -> bool:
        """Whether requests to that path are among those it strikes."""
        return self.platform in (None, platform) and path.startswith(self.path_prefix)


@dataclass(kw_only=True, slots=True)
class _Armed:
    fault: Fault
    seen: int = 0

    def strikes(self) -> bool:
        """Count one request, and say whether the fault strikes it."""
        self.seen += 1
        past = self.seen - self.fault.after
        return past > 0 and (self.fault.times is None or past <= self.fault.times)


class Faults:
    """The faults armed at a sandbox. Safe to use from any thread."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        """Arm `faults` from the start."""
        self._lock = threading.Lock()
        self._armed = [_Armed(fault=fault) for fault in faults]

    def add(self, *faults: Fault) -> None:
        """Arm more faults; each counts requests from now on."""
        with self._lock:
            self._armed.extend(_Armed(fault=fault) for fault in faults)

    def clear(self) -> None:
        """Disarm everything: the platforms are well again."""
        with self._lock:
            self._armed.clear()

    def armed(self) -> list[Fault]:
        """The faults that can still strike, in the order they were added."""
        with self._lock:
            return [
                a.fault
                for a in self._armed
                if a.fault.times is None or a.seen < a.fault.after + a.fault.times
            ]

    def strike(self, platform: str, path: str) -> list[Fault]:
        """Count a request against every fault that concerns it; those that strike it now."""
        with self._lock:
            return [a.fault for a in self._armed if a.fault.concerns(platform, path) and a.strikes()]
