"""X's ids. Since November 2010 each is made from the time at which it was given out; before, they were counted."""

from __future__ import annotations

from datetime import datetime

from bot.connectors.shared.raw import moment
from policies.model.moments import AHEAD

SNOWFLAKE_EPOCH_MS = 1288834974657  #: Unix milliseconds at which X's ids begin
_FIRST_SNOWFLAKE = 1 << 35  #: smaller ids were counted, not made from a clock
_LAST_ID = (1 << 63) - 1


def id_of(payload: object) -> int | None:
    """The id of what may be a post, None where it has none that counts."""
    found = payload.get("id") if isinstance(payload, dict) else None
    digits = str(found) if isinstance(found, (str, int)) else ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 19 else None


def time_of_id(number: int) -> datetime | None:
    """When X gave an id out; None for the counted ids before November 2010."""
    if not _FIRST_SNOWFLAKE <= number <= _LAST_ID:
        return None
    return moment(((number >> 22) + SNOWFLAKE_EPOCH_MS) / 1000)


def id_at(at: datetime) -> int:
    """The smallest id that X can give out at a UTC time."""
    return max(int(at.timestamp() * 1000) - SNOWFLAKE_EPOCH_MS << 22, 1)


def can_be(number: int, now: datetime) -> bool:
    """Whether X can have given out an id by now. One of tomorrow in a cursor would hide all that comes until then."""
    return 1 <= number < id_at(now + AHEAD)
