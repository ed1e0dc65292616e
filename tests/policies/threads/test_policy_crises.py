"""Several who are upset about one thing: held against what is usual for the brand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from policies.threads.crises import Upset, by_words, chance, crises

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
WATCHED = NOW - timedelta(days=28)
DOWN = "The booking page is down and nobody answers"


def found(*said: tuple[float, str], parts: dict[int, int] | None = None, watched: datetime = WATCHED):
    """Crises of the last day; each complaint so many minutes from now, by a client of its own."""
    upset = [
        Upset(
            id=number,
            client=f"client{number}",
            at=NOW + timedelta(minutes=minute),
            crisis=(parts or {}).get(number),
        )
        for number, (minute, _) in enumerate(said)
    ]
    vectors = by_words([text for _, text in said])
    return crises(upset, vectors, since=NOW - timedelta(days=1), watched_since=watched)


def test_three_within_an_hour_about_one_thing_are_a_crisis() -> None:
    (one,) = found((-900, "My parcel is late again"), (0, DOWN), (10, DOWN), (30, DOWN))
    assert (one.began, one.joined) == (1, (1, 2, 3))


def test_two_are_none_and_neither_are_three_in_a_day() -> None:
    assert found((0, DOWN), (10, DOWN)) == []
    assert found((0, DOWN), (90, DOWN), (180, DOWN)) == []


def test_one_client_who_writes_three_times_is_none() -> None:
    upset = [Upset(id=n, client="anna", at=NOW + timedelta(minutes=n)) for n in range(3)]
    assert crises(upset, by_words([DOWN] * 3), since=NOW, watched_since=WATCHED) == []


def test_three_about_different_things_are_none() -> None:
    assert found((0, "Cake was dry"), (10, "Wrong shoes came"), (20, "Rude driver today")) == []


def test_far_more_than_ever_are_a_crisis_whatever_their_words() -> None:
    words = [
        "Cake was dry",
        "Wrong shoes came",
        "Rude driver today",
        "Lamp broke",
        "Paid twice",
        "Still no refund",
    ]
    (one,) = found(*((5.0 * n, text) for n, text in enumerate(words)))
    assert len(one.joined) >= 5


def test_what_clients_always_complain_of_is_no_crisis() -> None:
    """A brand with much traffic hears of late parcels every day."""
    usual = [(-60.0 * 4 * n - 60, "My parcel is late") for n in range(150, 0, -1)]
    assert found(*usual, (0, "My parcel is late"), (20, "My parcel is late"), (40, "My parcel is late")) == []


def test_who_writes_later_joins_and_a_day_later_is_none_of_it() -> None:
    parts = {0: 0, 1: 0, 2: 0}
    (joined,) = found((-50, DOWN), (-40, DOWN), (-30, DOWN), (200, DOWN), parts=parts)
    assert (joined.began, joined.joined) == (0, (3,))
    assert found((-50, DOWN), (-40, DOWN), (-30, DOWN), (1600, DOWN), parts=parts) == []


def test_history_is_no_crisis() -> None:
    old = [(-60.0 * 24 * 3 + n, DOWN) for n in range(5)]
    assert found(*old) == []


@pytest.mark.parametrize(("count", "rate"), [(3, 0.1), (5, 2.0), (40, 1.5)])
def test_the_chance_of_so_many_is_that_of_a_poisson_process(count: int, rate: float) -> None:
    samples = np.exp(
        [-rate + k * np.log(rate) - np.sum(np.log(np.arange(1, k + 1))) for k in range(count, count + 200)]
    )
    assert chance(count, rate) == pytest.approx(samples.sum(), rel=0.05)
    assert chance(0, rate) == 1.0
