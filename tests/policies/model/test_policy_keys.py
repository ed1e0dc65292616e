"""Names of things: equal by value, sorted, and readable in logs."""

from __future__ import annotations

import pytest

from policies.model.keys import AccountKey, PostKey, StreamKey, ThreadKey


def test_each_key_reads_as_the_way_to_it() -> None:
    account = AccountKey(platform="x", handle="crumb")
    assert str(account) == "x/crumb"
    assert str(StreamKey(account=account, stream="own")) == "x/crumb/own"
    assert str(ThreadKey(account=account, thread_id="7")) == "x/crumb/7"
    assert str(PostKey(platform="x", account="crumb", external_id="7")) == "x/crumb/7"


def test_a_post_says_which_account_it_was_found_on() -> None:
    found = PostKey(platform="mastodon", account="crumb@example.social", external_id="7").account_key
    assert found == AccountKey(platform="mastodon", handle="crumb@example.social")
    assert len({found, AccountKey(platform="mastodon", handle="crumb@example.social")}) == 1


def test_keys_sort() -> None:
    handles = [AccountKey(platform="x", handle=name) for name in ("b", "a")]
    assert [key.handle for key in sorted(handles)] == ["a", "b"]


@pytest.mark.parametrize("text", ["x/crumb/7", "blog/crumb/2026/11/loaf", "mastodon/crumb@example.social/7"])
def test_what_is_written_as_a_key_is_one(text: str) -> None:
    found = PostKey.parse(text)
    assert found is not None
    assert str(found) == text


@pytest.mark.parametrize("text", ["", "x/crumb", "Fresh bread / rolls / cake", "x//7", "//"])
def test_other_words_are_no_key(text: str) -> None:
    assert PostKey.parse(text) is None
