"""An end to every wait."""

from __future__ import annotations

from dataclasses import dataclass

MAX_BODY = 8 * 1024 * 1024  #: bytes, unpacked; the largest real page has about one megabyte
MAX_VALUES = 250_000  #: values in one answer; the largest real page has some ten thousands

MOST_PAGES = 200  #: of one list in one pull; X serves at most 32, Reddit 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long and how much one call may take."""

    seconds: float = 20.0  #: for the whole call, from connecting to the last byte
    max_body: int = MAX_BODY  #: bytes, unpacked
    max_values: int = MAX_VALUES  #: commas and brackets, text included
