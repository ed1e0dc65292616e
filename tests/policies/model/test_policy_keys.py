"""Names of things: equal by value, sorted, and readable in logs."""

from __future__ import annotations

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
