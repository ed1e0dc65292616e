"""What the network for pairs learns from, and what it must not see."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bot.judging.scorers.pairs import ASKED, HEADS
from training.exchanges.corpus import READ, Paired, everything, of_exchange
from training.exchanges.data import Example
from training.topics.data import FOLDS, TOPICS


def test_an_exchange_says_nothing_of_topics() -> None:
    example = Example(said="Where is it?", answered="Soon.", labels=(0.5, 0.0, None, 1.0), source="care")
    found = of_exchange(example)
    assert dict(zip(HEADS, found.labels, strict=True)) == dict.fromkeys(TOPICS) | {
        "complaint": 0.5, "owner": 0.0, "grave": None, "brushed_off": 1.0,
    }  # fmt: skip


@pytest.mark.shared_data
@pytest.mark.slow
def test_nothing_that_is_measured_on_is_read(shared_data: Path) -> None:
    found = everything(shared_data)
    sources = Counter(one.source for one in found)
    assert set(READ) <= set(sources)
    assert {"held", "month/gym", "replies"} == set(sources) - set(READ)
    held = {one.said for one in found if one.source == "held"}
    assert not held & {one.said for one in found if one.source in READ and _asks(one)}


@pytest.mark.shared_data
@pytest.mark.slow
def test_a_business_and_the_answers_to_one_client_stand_in_one_fold(shared_data: Path) -> None:
    folds: dict[str, set[int]] = {}
    for one in everything(shared_data):
        if one.source in ("care", "answers"):
            folds.setdefault(one.said, set()).add(one.fold)
        if one.source in ("month", "brand", "real care", "pairs"):
            assert 0 <= one.fold < FOLDS
    assert {len(found) for found in folds.values()} == {1}


def _asks(one: Paired) -> bool:
    return any(label is not None for label in one.labels[: len(ASKED)])
