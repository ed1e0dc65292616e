"""The small internet, for every test here."""

from collections.abc import Callable, Iterator

import internet as stage
import pytest


@pytest.fixture
def net() -> Iterator[stage.Internet]:
    """An internet whose trap must stay empty: no test of ours may send a packet to a private address."""
    with stage.internet() as (made, caught):
        yield made
        assert caught() == 0
        assert made.caught == []


@pytest.fixture
def trapped() -> Iterator[tuple[stage.Internet, Callable[[], int]]]:
    """An internet with its trap in sight."""
    with stage.internet() as both:
        yield both
