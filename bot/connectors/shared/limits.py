"""An end to every wait."""

from __future__ import annotations

from dataclasses import dataclass

MAX_BODY = 32 * 1024 * 1024  #: bytes; the largest real page has about one megabyte


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long and how much one call may take."""

    seconds: float = 20.0  #: for the whole call, from connecting to the last byte
    max_body: int = MAX_BODY  #: bytes
