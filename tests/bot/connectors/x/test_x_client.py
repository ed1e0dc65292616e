"""X's refusals and odd answers, through tweepy."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import responses

from bot.connectors.x.client import XCredentials
from bot.connectors.x.connector import XConnector
from bot.errors import AccountUnreachable, RateLimited, TokenDead
from bot.ports import AccountRef, Page
from policies.errors import OversightError
from policies.model.coverage import Why
from policies.model.keys import PostKey
from policies.model.post import Direction, Kind, Post

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ACCOUNT = AccountRef(brand="b", platform="x", handle="examplebrand")
TIMELINE = "https://api.twitter.com/2/users/17/tweets"
LOOKUP = "https://api.twitter.com/2/tweets"
ID = 1577730467436138524


class Unlimited:
    def reads(self, resource: str, *, owned: bool) -> int | None:
        return None


def connector() -> XConnector:
    return XConnector(XCredentials(bearer_token="canary-token"))


def pull(cursor: dict[str, Any] | None = None) -> list[Page]:
    return list(
        connector().pull(ACCOUNT, "own", cursor or {"user_id": "17", "since_id": 5}, Unlimited(), NOW)
    )


def problem(kind: str, detail: str = "why") -> dict[str, str]:
    return {"title": "T", "detail": detail, "type": f"https://api.twitter.com/2/problems/{kind}"}


def refused(status: int, body: object = None, headers: dict[str, str] | None = None) -> OversightError:
    with responses.RequestsMock() as net:
        text = body if isinstance(body, str) else json.dumps(body)
        net.get(TIMELINE, body=text, status=status, headers=headers or {})
        with pytest.raises(OversightError) as caught:
            pull()
    assert "canary-token" not in f"{caught.value!s}{caught.value!r}{caught.value.__cause__!r}"
    return caught.value


@pytest.mark.parametrize("body", ["", "<html>", "[]", "null", '{"errors": null}', "[" * 100_000])
@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 429, 500, 503])
def test_any_refusal_is_one_of_our_errors(status: int, body: str) -> None:
    expected = {401: TokenDead, 403: TokenDead, 429: RateLimited}.get(status, AccountUnreachable)
    assert type(refused(status, body)) is expected


def test_server_trouble_passes_and_a_refused_request_does_not() -> None:
    assert not refused(503).permanent
    assert refused(404, problem("resource-not-found")).permanent
    assert refused(402, {"title": "CreditsDepleted"}).mend == "Add credits in the X developer console."


def test_a_protected_account_is_no_dead_token() -> None:
    error = refused(403, problem("not-authorized-for-resource", "protected"))
    assert isinstance(error, AccountUnreachable)
    assert error.permanent
    assert "protected" in str(error)
    assert isinstance(refused(403, problem("client-forbidden")), TokenDead)


RESET = {"x-rate-limit-reset": str(int(NOW.timestamp()) + 900)}
BEHIND, AHEAD = NOW - timedelta(days=1), NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        (RESET, 900),
        ({}, 900),
        ({"x-rate-limit-reset": "soon"}, 900),
        ({"x-rate-limit-reset": "nan"}, 900),
        ({"x-rate-limit-reset": "0"}, 900),
        ({"retry-after": "30"}, 30),
        ({"retry-after": "0"}, 1),
        # our clock is wrong by a day: X's own Date says how long it really is
        (
            {
                "x-rate-limit-reset": str(int(AHEAD.timestamp()) + 60),
                "Date": AHEAD.strftime("%a, %d %b %Y %T GMT"),
            },
            60,
        ),
        (
            {
                "x-rate-limit-reset": str(int(BEHIND.timestamp()) + 60),
                "Date": BEHIND.strftime("%a, %d %b %Y %T GMT"),
            },
            60,
        ),
    ],
)
def test_how_long_a_rate_limit_lasts(headers: dict[str, str], wait: int) -> None:
    error = refused(429, {}, headers)
    assert isinstance(error, RateLimited)
    assert error.reset_at == NOW + timedelta(seconds=wait)


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "",
        "[]",
        "3",
        "{}",
        '{"data": []',
        '{"data": {}}',
        '{"errors": [{"title": "Forbidden", "detail": "User has been suspended: [17]."}]}',
        "[" * 100_000,
    ],
)
def test_an_answer_that_says_nothing_is_never_all_quiet(body: str) -> None:
    with responses.RequestsMock() as net:
        net.get(TIMELINE, body=body, status=200)
        with pytest.raises(AccountUnreachable) as caught:
            pull()
    assert ("User has been suspended" in str(caught.value)) == ("suspended" in body)


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


def test_an_unknown_handle_says_what_to_check() -> None:
    with responses.RequestsMock() as net:
        net.get(
            "https://api.twitter.com/2/users/by/username/examplebrand",
            json={"errors": [{"detail": "Could not find user with username: [examplebrand]."}]},
        )
        with pytest.raises(AccountUnreachable, match="Check the handle"):
            connector().check_access(ACCOUNT)


def test_oauth_1_signs_each_call() -> None:
    keys = XCredentials(
        consumer_key="canary-a",
        consumer_secret="canary-b",
        access_token="canary-c",
        access_token_secret="canary-d",
    )
    with responses.RequestsMock() as net:
        net.get(TIMELINE, json={"meta": {"result_count": 0}})
        list(XConnector(keys).pull(ACCOUNT, "own", {"user_id": "17", "since_id": 5}, Unlimited(), NOW))
        sent = net.calls[0].request.headers["Authorization"]
    assert str(sent).startswith(("OAuth ", "b'OAuth "))
    assert "canary" not in repr(keys)


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
    assert "no deletion" in note.detail
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
