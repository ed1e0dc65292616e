"""One moment of the store: whatever is written meanwhile does not show."""

from __future__ import annotations

import pytest
from store_values import BRAND, NOW, at, flagged, key

from policies.model.cases.flagged import FLAGGED
from storage.errors import StoreError
from storage.store import Store


def test_a_snapshot_stays_as_it_was_while_others_write(store: Store) -> None:
    flagged(store, 1)
    with store.snapshot() as seen:
        assert sum(seen.cases.count(BRAND, FLAGGED).values()) == 1
        flagged(store, 2)
        store.posts.mark_deleted([key(1)], now=at(1))
        assert sum(seen.cases.count(BRAND, FLAGGED).values()) == 1
        assert [view.case.state.value for view in seen.cases.find(BRAND)] == ["open"]
        assert seen.periods.counts(BRAND, since=at(-9), until=at(9)).outbound == 1
        assert seen.posts.search(BRAND, "guaranteed 2") == []
    assert sum(store.cases.count(BRAND, FLAGGED).values()) == 2


def test_nothing_is_written_by_a_snapshot(store: Store) -> None:
    with store.snapshot() as seen, pytest.raises(StoreError, match="only read"):
        seen.posts.mark_deleted([key(1)], now=NOW)
    with store.snapshot() as seen, pytest.raises(StoreError, match="only read"):
        seen.state.set("a", NOW.isoformat())
    assert store.state.get("a") is None
