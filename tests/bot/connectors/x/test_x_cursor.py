"""The walk down an X timeline: stop after any page, go on, and nothing is lost and nothing read twice."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.connectors.shared.raw import UnreadableItem
from bot.connectors.x.client import Timeline, Walk
from bot.connectors.x.cursor import XCursor
from bot.connectors.x.pull import XPull
from bot.ports import AccountRef

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ACCOUNT = AccountRef(brand="b", platform="x", handle="examplebrand")
BASE = 2_000_000_000_000_000_000
START = "2020-01-01T00:00:00Z"


class Purse:
    def __init__(self, size: int) -> None:
        self.size = size

    def reads(self, resource: str, *, owned: bool) -> int | None:
        return self.size


class FakeTimeline:
    """X's timeline as documented: newest first, ids exclusive, a token for the next page."""

    def __init__(self) -> None:
        self.posts: list[int] = []
        self.served: list[int] = []

    def timeline(
        self, stream: Timeline, user_id: str, walk: Walk, *, authors: bool, now: datetime
    ) -> dict[str, Any]:
        below = int(walk.token) if walk.token else walk.until_id
        matching = sorted(
            (p for p in self.posts if p > (walk.since_id or 0) and (below is None or p < below)), reverse=True
        )
        page = matching[: walk.size]
        self.served.extend(page)
        meta: dict[str, Any] = {"result_count": len(page)}
        if len(matching) > len(page):
            meta["next_token"] = str(page[-1])
        data = [{"id": str(p), "text": "x", "author_id": "1", "created_at": START} for p in page]
        return {"data": data, "meta": meta} if data else {"meta": meta}


def run(
    x: FakeTimeline, cursor: dict[str, Any], size: int, pages: int
) -> tuple[dict[str, Any], list[int], bool]:
    """Store that many pages of a pull, then stop as a killed process does. Last: whether the pull had ended."""
    pull = XPull(x, ACCOUNT, "own", Purse(size), NOW)  # type: ignore[arg-type]
    stored: list[int] = []
    walk = pull.pages(XCursor.load(cursor))
    for _ in range(pages):
        page = next(walk, None)
        if page is None:
            return cursor, stored, True
        stored.extend(int(p.version_id or 0) for p in page.posts)
        cursor = json.loads(json.dumps(page.cursor))
    walk.close()
    return cursor, stored, False


steps = st.lists(st.tuples(st.integers(0, 23), st.integers(5, 9), st.integers(0, 5)), min_size=1, max_size=8)


@settings(deadline=None)
@given(steps)
def test_stopped_after_any_page_nothing_is_lost_or_read_twice(plan: list[tuple[int, int, int]]) -> None:
    """Each step: new posts appear, then a pull with some page size is killed after some pages."""
    x, cursor, stored = FakeTimeline(), {"user_id": "1", "start": START}, []
    for new, size, pages in plan:
        first = BASE + len(x.posts)
        x.posts.extend(range(first, first + new))
        cursor, found, _ = run(x, cursor, size, pages)
        stored.extend(found)
    cursor, found, ended = run(x, cursor, 5, 1000)
    stored.extend(found)
    assert ended
    assert sorted(stored) == x.posts
    assert sorted(x.served) == x.posts  # no post was served, and so paid for, twice
    assert not XCursor.load(cursor).walking
    assert run(x, cursor, 5, 1000) == (cursor, [], True)


@settings(deadline=None)
@given(steps)
def test_the_mark_moves_only_when_all_below_it_is_stored(plan: list[tuple[int, int, int]]) -> None:
    x, cursor, stored = FakeTimeline(), {"user_id": "1", "start": START}, set()
    for new, size, pages in plan:
        first = BASE + len(x.posts)
        x.posts.extend(range(first, first + new))
        cursor, found, _ = run(x, cursor, size, pages)
        stored.update(found)
        since = XCursor.load(cursor).since_id or 0
        assert {p for p in x.posts if p <= since} <= stored


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["user_id", "since_id", "start", "top", "until", "served"]), st.integers(0)
    )
)
def test_a_cursor_survives_the_store(fields: dict[str, int]) -> None:
    cursor = XCursor.load(fields)
    assert XCursor.load(json.loads(json.dumps(cursor.dump()))) == cursor


def test_a_cursor_that_is_not_ours_is_named_so() -> None:
    with pytest.raises(UnreadableItem):
        XCursor.load({"since_id": "soon"})
