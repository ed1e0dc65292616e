"""Local times across clock changes: docs/faults.md, 7."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.jobs.times import end_of_utc_day, jitter, last_slot, next_slot

ZONES = ["America/New_York", "Europe/Berlin", "Australia/Sydney", "Australia/Lord_Howe"]
TIMES = [time(0, 15), time(1, 30), time(2, 30)]
EVERY_DAY = range(7)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("at", TIMES)
@pytest.mark.fault(7)
def test_once_for_each_local_date_through_a_year(zone: str, at: time) -> None:
    tz, now = ZoneInfo(zone), datetime(2026, 1, 1, tzinfo=UTC)
    names, instants = [], []
    while now < datetime(2027, 1, 1, tzinfo=UTC):
        name, now = next_slot(now, [at], EVERY_DAY, tz)
        names.append(name)
        instants.append(now)
    first = date.fromisoformat(names[0][:10])
    expected = [(first + timedelta(days=n)).isoformat() for n in range(len(names))]
    assert [name[:10] for name in names] == expected
    assert instants == sorted(set(instants))
    gaps = {b - a for a, b in itertools.pairwise(instants)}
    assert gaps <= {timedelta(hours=24) + timedelta(minutes=m) for m in (-60, -30, 0, 30, 60)}
    assert len(gaps) > 1, "both clock changes must lie in the year"


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 -- hypothesis wants naive bounds
    st.sampled_from(ZONES),
    st.lists(st.times(), min_size=1, max_size=3),
    st.sets(st.integers(0, 6), min_size=1),
)
def test_last_and_next_slot_enclose_now(at: datetime, zone: str, times: list[time], days: set[int]) -> None:
    now, tz = at.replace(tzinfo=UTC), ZoneInfo(zone)
    _, last = last_slot(now, times, days, tz)
    _, following = next_slot(now, times, days, tz)
    assert last <= now < following
    assert following.astimezone(tz).date() - last.astimezone(tz).date() <= timedelta(days=8)


def test_jitter_is_steady_and_small() -> None:
    every = timedelta(minutes=15)
    assert jitter("a/x/b", every) == jitter("a/x/b", every)
    assert timedelta(0) <= jitter("a/x/b", every) < every / 10
    assert len({jitter(f"{n}", every) for n in range(50)}) > 40


def test_the_end_of_a_utc_day() -> None:
    assert end_of_utc_day(datetime(2026, 11, 22, 23, 59, tzinfo=UTC)) == datetime(2026, 11, 23, tzinfo=UTC)
