"""Simulated time passes over pulls that would find nothing, and over no other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.queue.pauses import worthwhile

FIRST = datetime(2026, 11, 5, 12, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


@pytest.mark.parametrize(
    ("news", "digest", "waits"),
    [
        (-5, None, 0),  # something came since the last pull
        (0, None, 0),
        (1, None, 15),
        (61, None, 75),
        (600, 130, 120),  # the last before the digest, which says when it was read
        (20, 130, 30),
        (None, 10, 0),
        (None, None, 0),  # nothing is known to wait for
    ],
)
def test_the_next_pull_is_the_first_that_makes_a_difference(
    news: int | None, digest: int | None, waits: int
) -> None:
    def minutes(n: int) -> datetime:
        return FIRST + timedelta(minutes=n)

    found = worthwhile(
        FIRST,
        QUARTER,
        news=None if news is None else minutes(news),
        digests=[] if digest is None else [minutes(digest)],
    )
    assert found == minutes(waits)


def test_without_a_rhythm_nothing_is_passed_over() -> None:
    assert worthwhile(FIRST, timedelta(), news=FIRST + QUARTER, digests=[]) == FIRST
