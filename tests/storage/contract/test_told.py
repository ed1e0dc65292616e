"""Conversations around a post: before and after it, in order, with every version."""

from __future__ import annotations

from store_values import BRAND, NOW, at, key, post, save

from policies.model.post import Direction
from storage.store import Store


def words(store: Store, number: int, most: int = 9) -> list[str]:
    stored = store.posts.get(key(number))
    assert stored is not None
    return [told.post.text for told in store.told.around(stored.post, most=most)]


def test_what_came_before_and_after_stands_in_order(store: Store) -> None:
    asked = post(1, "asked", thread_id="1", direction=Direction.INBOUND)
    save(store, post(3, "thanks", thread_id="1"), asked, post(2, "answer", thread_id="1"), post(4, "other"))
    assert words(store, 2) == words(store, 1) == words(store, 3) == ["asked", "answer", "thanks"]


def test_the_same_second_is_told_apart_by_the_id(store: Store) -> None:
    save(store, *(post(n, str(n), thread_id="t", created_at=NOW) for n in (3, 1, 2)))
    assert words(store, 2) == ["1", "2", "3"]


def test_a_long_one_is_cut_on_either_side(store: Store) -> None:
    save(store, *(post(n, str(n), thread_id="t") for n in range(1, 9)))
    assert words(store, 4, most=2) == ["2", "3", "4", "5", "6"]


def test_every_version_comes_along_and_what_is_gone_is_dated(store: Store) -> None:
    save(store, post(1, "first", thread_id="t"), post(2, "x", thread_id="t"))
    save(store, post(1, "second", thread_id="t", edited_at=at(2)))
    store.posts.mark_deleted([key(2)], now=at(3))
    stored = store.posts.get(key(2))
    assert stored is not None
    first, second = store.told.around(stored.post, most=9)
    assert [one.text for one in first.revisions] == ["first", "second"]
    assert (second.post.deleted_at, store.cases.waiting(BRAND)) == (at(3), {})
