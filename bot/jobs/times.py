"""When work is due. Local times are computed with zoneinfo, once for each local date."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: Furthest that `next_slot` looks ahead. A plan names at least one weekday, so a week and a day is enough.
_HORIZON = timedelta(days=8)


def slot_instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The UTC instant of a local time on a local date.

    A time that the clock skips in spring is read with the offset before the change, so it comes an hour later
    by the clock on the wall; a time that the clock shows twice in autumn is its first showing (PEP 495, fold=0).
    """
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def slot_name(day: date, at: time) -> str:
    """Name of a digest, unique for its brand: local date and time of day."""
    return f"{day.isoformat()}T{at:%H:%M}"


def next_slot(
    after: datetime, times: Collection[time], weekdays: Collection[int], zone: ZoneInfo
) -> tuple[str, datetime]:
    """Name and UTC instant of the first slot later than ``after``. Weekdays count from Monday, 0."""
    return min(_slots(after, times, weekdays, zone, forward=True), key=lambda slot: slot[1])


def last_slot(
    at: datetime, times: Collection[time], weekdays: Collection[int], zone: ZoneInfo
) -> tuple[str, datetime]:
    """Name and UTC instant of the newest slot that is not later than ``at``."""
    return max(_slots(at, times, weekdays, zone, forward=False), key=lambda slot: slot[1])


def _slots(
    around: datetime, times: Collection[time], weekdays: Collection[int], zone: ZoneInfo, *, forward: bool
) -> list[tuple[str, datetime]]:
    step = timedelta(days=1 if forward else -1)
    today = around.astimezone(zone).date()
    days = [today + step * n for n in range(-1, _HORIZON.days)]
    slots = [
        (slot_name(day, at), slot_instant(day, at, zone))
        for day in days
        if day.weekday() in weekdays
        for at in times
    ]
    return [slot for slot in slots if (slot[1] > around if forward else slot[1] <= around)]


def jitter(subject: str, every: timedelta) -> timedelta:
    """A steady share, under a tenth, of an interval: spreads accounts without making them drift."""
    share = int.from_bytes(hashlib.sha256(subject.encode()).digest()[:4], "big") / 2**32
    return every * (share / 10)


def month(at: datetime) -> str:
    """The UTC month by which API money is counted, ``2026-11``."""
    return f"{at.astimezone(UTC):%Y-%m}"


def end_of_utc_day(at: datetime) -> datetime:
    """The UTC midnight that follows."""
    return datetime.combine(at.astimezone(UTC).date() + timedelta(days=1), time(0), tzinfo=UTC)
