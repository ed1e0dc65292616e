"""What the X connector makes of pages, edits and deletions."""

from __future__ import annotations

from typing import Any

import pytest
import responses
from x_stage import ACCOUNT, NOW, TIMELINE, Unlimited, connector, problem, pull

from bot.errors import AccountUnreachable
from bot.ports import AccountRef
from policies.model.coverage import Why
from policies.model.keys import PostKey
from policies.model.post import Direction, Kind, Post

LOOKUP = "https://api.twitter.com/2/tweets"
ID = 1577730467436138524


def tweets(*items: Any, **meta: Any) -> dict[str, Any]:
    return {"data": list(items), "meta": {"result_count": len(items), **meta}}


def tweet(number: int, **fields: Any) -> dict[str, Any]:
    return {"id": str(number), "text": f"number {number}", "author_id": "17", **fields}


def test_one_unreadable_post_does_not_cost_the_others() -> None:
    with responses.RequestsMock() as net:
        items = [tweet(ID + 3), {"id": str(ID + 2), "text": None}, "junk", None, tweet(ID)]
        net.get(TIMELINE, json=tweets(*items))
        (page,) = pull()
    assert [p.text for p in page.posts] == [f"number {ID + 3}", f"number {ID}"]
    assert [(n.why, n.count) for n in page.unchecked] == [(Why.UNREADABLE, 3)]
    assert page.cursor["since_id"] == ID + 3
    assert len(page.reads) == 3


def test_a_page_may_be_empty_in_the_middle() -> None:
    """X leaves out withheld posts after it has cut the page."""
    with responses.RequestsMock() as net:
        net.get(TIMELINE, json=tweets(tweet(ID + 9), next_token="a"))
        net.get(TIMELINE, json={"meta": {"result_count": 0, "next_token": "b"}})
        net.get(TIMELINE, json=tweets(tweet(ID)))
        pages = pull()
    assert [p.key.external_id for page in pages for p in page.posts] == [str(ID + 9), str(ID)]
    assert pages[-1].cursor["since_id"] == ID + 9


def test_the_same_page_again_and_again_is_an_error() -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as net:
        net.get(TIMELINE, json=tweets(tweet(ID), next_token="a"))
        pages = connector().pull(ACCOUNT, "own", {"user_id": "17", "since_id": 5}, Unlimited(), NOW)
        first = next(pages)
        with pytest.raises(AccountUnreachable, match="again and again"):
            next(pages)
        assert len(net.calls) < 5
    assert len(first.posts) == 1
    assert first.cursor["since_id"] == 5


def test_what_is_stored_already_is_not_taken_for_new() -> None:
    """A walk goes on below ``until``; a server that forgets where we were must not send us round."""
    cursor = {"user_id": "17", "since_id": 5, "top": ID + 9, "until": ID}
    with responses.RequestsMock(assert_all_requests_are_fired=False) as net:
        net.get(TIMELINE, json=tweets(tweet(ID + 9), tweet(ID), next_token="a"))
        with pytest.raises(AccountUnreachable, match="again and again"):
            next(iter(connector().pull(ACCOUNT, "own", cursor, Unlimited(), NOW)))
        assert f"until_id={ID}" in (net.calls[0].request.url or "")


def test_empty_pages_without_end_are_an_error() -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as net:
        net.get(TIMELINE, json={"meta": {"result_count": 0, "next_token": "a"}})
        with pytest.raises(AccountUnreachable):
            pull()
        assert len(net.calls) < 5


def test_replies_are_never_left_out_and_nothing_charged_is_expanded() -> None:
    with responses.RequestsMock() as net:
        net.get(TIMELINE, json={"meta": {"result_count": 0}})
        assert pull() == []
        url = net.calls[0].request.url or ""
    assert "exclude" not in url
    assert "expansions=attachments.media_keys" in url
    assert "note_tweet" in url
    assert "since_id=5" in url
    assert "start_time" not in url


def test_the_first_pull_goes_back_as_far_as_asked() -> None:
    account = AccountRef(brand="b", platform="x", handle="examplebrand", options={"first_days": 7})
    with responses.RequestsMock() as net:
        net.get(
            "https://api.twitter.com/2/users/by/username/examplebrand",
            json={"data": {"id": "17", "username": "examplebrand", "name": "E"}},
        )
        net.get(TIMELINE, json={"meta": {"result_count": 0}})
        list(connector().pull(account, "own", None, Unlimited(), NOW))
        assert "start_time=2026-11-15T12%3A00%3A00Z" in (net.calls[1].request.url or "")


# looking again


def known(number: int) -> Post:
    return Post(
        key=PostKey(platform="x", account="examplebrand", external_id=str(number)),
        thread_id=str(number),
        parent_id=None,
        direction=Direction.INBOUND,
        kind=Kind.POST,
        author="somecustomer",
        author_name="Some Customer",
        created_at=NOW,
        text="as it was",
        version_id=str(number),
    )


def missing(number: int, kind: str, detail: str) -> dict[str, str]:
    return {**problem(kind, detail), "resource_id": str(number), "value": str(number)}


def test_what_x_will_not_show_is_no_deletion() -> None:
    errors = [
        missing(1, "resource-not-found", "Could not find tweet with ids: [1]."),
        missing(
            2, "not-authorized-for-resource", "Sorry, you are not authorized to see the Tweet with ids: [2]."
        ),
        missing(3, "resource-not-found", "User has been suspended: [3]."),
    ]
    with responses.RequestsMock() as net:
        net.get(LOOKUP, json={"data": [tweet(ID)], "errors": [*errors, "junk", {}]})
        look = connector().look_again(ACCOUNT, [known(n) for n in (1, 2, 3, ID)], Unlimited(), NOW)
    assert [key.external_id for key in look.gone] == ["1"]
    (note,) = look.unchecked
    assert (note.why, note.count) == (Why.UNREADABLE, 2)
    assert note.code == "withheld"
    (post,) = look.posts
    assert (post.author, post.author_name, post.direction) == (
        "somecustomer",
        "Some Customer",
        Direction.INBOUND,
    )


def test_an_edit_is_followed_and_its_chain_can_be_gone_by_then() -> None:
    first, second = tweet(ID), tweet(ID + 1)
    first["edit_history_tweet_ids"] = second["edit_history_tweet_ids"] = [str(ID), str(ID + 1)]
    with responses.RequestsMock() as net:
        net.get(LOOKUP, json={"data": [first]})
        net.get(LOOKUP, json={"data": [second]})
        look = connector().look_again(ACCOUNT, [known(ID)], Unlimited(), NOW)
    (post,) = look.posts
    assert (post.key, post.version_id, post.text) == (known(ID).key, str(ID + 1), f"number {ID + 1}")
    assert [r.id for r in look.reads] == [str(ID), str(ID + 1)]
    with responses.RequestsMock() as net:
        net.get(LOOKUP, json={"data": [first]})
        net.get(LOOKUP, json={"errors": [missing(ID + 1, "resource-not-found", "Could not find")]})
        look = connector().look_again(ACCOUNT, [known(ID)], Unlimited(), NOW)
    assert (look.posts, look.gone) == ((), (known(ID).key,))


def test_what_was_learned_before_an_error_is_kept() -> None:
    posts = [known(ID + n) for n in range(150)]
    with responses.RequestsMock() as net:
        net.get(LOOKUP, json={"data": [tweet(ID + n) for n in range(100)]})
        net.get(LOOKUP, status=503)
        look = connector().look_again(ACCOUNT, posts, Unlimited(), NOW)
    assert len(look.answered) == len(look.posts) == 100
    with responses.RequestsMock() as net:
        net.get(LOOKUP, status=503)
        with pytest.raises(AccountUnreachable):
            connector().look_again(ACCOUNT, posts, Unlimited(), NOW)


def test_an_own_post_among_the_mentions_has_its_own_price() -> None:
    with responses.RequestsMock() as net:
        items = [tweet(ID + 1), tweet(ID, author_id="18")]
        net.get("https://api.twitter.com/2/users/17/mentions", json=tweets(*items))
        cursor = {"user_id": "17", "since_id": 5}
        (page,) = connector().pull(ACCOUNT, "mentions", cursor, Unlimited(), NOW)
    assert {read.id: read.owned for read in page.reads} == {str(ID + 1): True, str(ID): False}
    assert [post.outbound for post in page.posts] == [True, False]
