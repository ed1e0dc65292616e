"""Reddit's listings, its limits and what is gone, through PRAW."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import responses

from bot.connectors.reddit.client import RedditCredentials
from bot.connectors.reddit.connector import RedditConnector
from bot.connectors.reddit.cursor import REMEMBERED
from bot.errors import AccountUnreachable, RateLimited, TokenDead
from bot.ports import AccountRef, Page
from policies.errors import OversightError
from policies.model.coverage import Why
from policies.model.keys import PostKey
from policies.model.post import Direction, Kind, Post

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ACCOUNT = AccountRef(brand="b", platform="reddit", handle="examplebrand")
TOKEN = "https://www.reddit.com/api/v1/access_token"
COMMENTS = "https://oauth.reddit.com/user/examplebrand/comments"
INFO = "https://oauth.reddit.com/api/info/"
GRANTED = {"access_token": "canary-access", "token_type": "bearer", "expires_in": 86400, "scope": "*"}


class Unlimited:
    def reads(self, resource: str, *, owned: bool) -> int | None:
        return None


@pytest.fixture(autouse=True)
def nobody_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    def slept(seconds: float) -> None:
        raise AssertionError(f"slept for {seconds} s inside a job")

    monkeypatch.setattr(time, "sleep", slept)


@pytest.fixture
def net() -> Any:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        mocked.post(TOKEN, json=GRANTED)
        yield mocked


def connector(**keys: Any) -> RedditConnector:
    keys = {"refresh_token": "canary-refresh"} | keys
    return RedditConnector(RedditCredentials(client_id="canary-id", client_secret="canary-secret", **keys))


def pull(cursor: Mapping[str, Any] | None = None, account: AccountRef = ACCOUNT) -> list[Page]:
    pages = list(connector().pull(account, "comments", cursor, Unlimited(), NOW))
    json.dumps([page.cursor for page in pages])
    return pages


def comment(number: int, **fields: Any) -> dict[str, Any]:
    data = {
        "name": f"t1_{number:05d}",
        "author": "examplebrand",
        "body": f"number {number}",
        "created_utc": NOW.timestamp() - 86400 + number,
        "edited": False,
        "parent_id": "t3_x",
        "link_id": "t3_x",
        "permalink": f"/r/c/comments/x/t/{number:05d}/",
    }
    return {"kind": "t1", "data": {**data, **fields}}


def listing(*things: Any, after: str | None = None) -> dict[str, Any]:
    return {"kind": "Listing", "data": {"children": list(things), "after": after}}


def names(pages: list[Page]) -> list[str]:
    return [p.key.external_id for page in pages for p in page.posts]


def test_reads_down_to_a_page_with_something_known(net: responses.RequestsMock) -> None:
    net.get(COMMENTS, json=listing(*map(comment, (3, 2, 1))))
    (first,) = pull()
    assert names([first]) == ["t1_00003", "t1_00002", "t1_00001"]
    net.replace("GET", COMMENTS, json=listing(*map(comment, (5, 4, 3)), after="t1_00003"))
    before = len(net.calls)
    (second,) = pull(first.streams.cursor)
    assert names([second]) == ["t1_00005", "t1_00004"]
    assert len(net.calls) - before == 2  # a token and one page


def test_goes_on_past_pages_of_new_things(net: responses.RequestsMock) -> None:
    net.get(COMMENTS, json=listing(comment(1)))
    (first,) = pull()
    net.remove("GET", COMMENTS)
    net.get(COMMENTS, json=listing(comment(9), comment(8), after="t1_00008"))
    net.get(COMMENTS, json=listing(comment(7), comment(1), after="t1_00001"))
    pages = pull(first.streams.cursor)
    assert names(pages) == ["t1_00009", "t1_00008", "t1_00007"]
    assert pages[0].cursor == first.cursor  # moves with the last page only


def test_a_deleted_anchor_does_not_hide_what_is_new(net: responses.RequestsMock) -> None:
    net.get(COMMENTS, json=listing(*map(comment, (3, 2, 1))))
    (first,) = pull()
    net.replace("GET", COMMENTS, json=listing(*map(comment, (4, 2, 1)), after="t1_00001"))
    assert names(pull(first.streams.cursor)) == ["t1_00004"]


def test_one_let_in_late_below_known_ones_is_found(net: responses.RequestsMock) -> None:
    net.get(COMMENTS, json=listing(comment(3), comment(1)))
    (first,) = pull()
    net.replace("GET", COMMENTS, json=listing(*map(comment, (3, 2, 1))))
    assert names(pull(first.streams.cursor)) == ["t1_00002"]


def test_edits_and_removals_on_a_known_page_are_seen(net: responses.RequestsMock) -> None:
    net.get(COMMENTS, json=listing(*map(comment, (3, 2, 1))))
    (first,) = pull()
    edited = comment(2, body="other words", edited=NOW.timestamp())
    removed = comment(1, body="[removed]", author=None)
    net.replace("GET", COMMENTS, json=listing(comment(3), edited, removed))
    (second,) = pull(first.streams.cursor)
    assert [(p.text, p.edited_at, p.deleted_at) for p in second.posts] == [
        ("other words", NOW, None),
        ("[removed]", None, NOW),
    ]
    assert pull(second.streams.cursor) == []


def test_what_was_gone_before_we_saw_it_is_no_post(net: responses.RequestsMock) -> None:
    net.get(COMMENTS, json=listing(comment(2), comment(1, body="[deleted]", author=None)))
    assert names(pull()) == ["t1_00002"]


def test_a_list_that_turns_empty_is_said_once(net: responses.RequestsMock) -> None:
    net.get(COMMENTS, json=listing(comment(2), comment(1)))
    (first,) = pull()
    net.replace("GET", COMMENTS, json=listing())
    (second,) = pull(first.streams.cursor)
    assert [(n.why, n.count) for n in second.unchecked] == [(Why.UNREACHABLE, 2)]
    assert pull(second.streams.cursor) == []


def test_the_first_pull_goes_back_as_far_as_asked_and_stays_there(net: responses.RequestsMock) -> None:
    account = AccountRef(brand="b", platform="reddit", handle="examplebrand", options={"first_days": 2})
    old = comment(0, created_utc=NOW.timestamp() - 3 * 86400)
    net.get(COMMENTS, json=listing(comment(2), old, after="t1_00000"))
    pages = pull(account=account)
    assert names(pages) == ["t1_00002"]
    assert pull(pages[-1].cursor, account) == []


def test_one_unreadable_thing_does_not_cost_the_others(net: responses.RequestsMock) -> None:
    net.get(COMMENTS, json=listing(comment(2), None, {"kind": "t1"}, comment(1, body=None), comment(0)))
    (page,) = pull()
    assert names([page]) == ["t1_00002", "t1_00000"]
    assert [(n.why, n.count) for n in page.unchecked] == [(Why.UNREADABLE, 3)]


def test_the_cursor_stays_small(net: responses.RequestsMock) -> None:
    for top in range(900, 0, -100):
        page = [comment(n) for n in range(top, top - 100, -1)]
        net.get(COMMENTS, json=listing(*page, after=page[-1]["data"]["name"] if top > 100 else None))
    pages = pull()
    assert len(names(pages)) == 900
    assert len(pages[-1].cursor["comments"]["known"]) == REMEMBERED


def test_a_circle_of_pages_ends_in_an_error(net: responses.RequestsMock) -> None:
    net.get(COMMENTS, json=listing(comment(9), after="a"))
    net.get(COMMENTS, json=listing(comment(8), after="b"))
    net.get(COMMENTS, json=listing(comment(7), after="a"))
    with pytest.raises(AccountUnreachable, match="circle"):
        pull()


def test_both_inboxes_of_replies_keep_their_own_place(net: responses.RequestsMock) -> None:
    net.get("https://oauth.reddit.com/message/comments/", json=listing(comment(2, author="a")))
    net.get("https://oauth.reddit.com/message/selfreply/", json=listing(comment(1, author="b")))
    reads = connector()
    pages = list(reads.pull(ACCOUNT, "replies", None, Unlimited(), NOW))
    assert names(pages) == ["t1_00002", "t1_00001"]
    assert {p.direction for page in pages for p in page.posts} == {Direction.INBOUND}
    assert list(reads.pull(ACCOUNT, "replies", pages[-1].cursor, Unlimited(), NOW)) == []
    half = list(reads.pull(ACCOUNT, "replies", pages[0].cursor, Unlimited(), NOW))
    assert names(half) == ["t1_00001"]


def test_streams() -> None:
    with_communities = AccountRef(
        brand="b", platform="reddit", handle="e", options={"subreddits": ("cakes",)}
    )
    assert connector().streams(with_communities) == (
        "comments",
        "submissions",
        "replies",
        "mentions",
        "subreddit:cakes",
    )
    assert connector(refresh_token=None).streams(ACCOUNT) == ("comments", "submissions")
    assert "mentions" in connector(refresh_token=None, username="u", password="p").streams(ACCOUNT)


# limits and refusals


def refused(
    net: responses.RequestsMock, status: int, body: str = "", headers: dict[str, str] | None = None
) -> Any:
    net.get(COMMENTS, status=status, body=body, headers=headers or {})
    with pytest.raises(OversightError) as caught:
        pull()
    error = caught.value
    assert "canary" not in f"{error!s}{error!r}{error.__cause__!r}"
    return error


@pytest.mark.parametrize("body", ["", "<html>", "[]", '{"message": null}', "[" * 100_000])
@pytest.mark.parametrize(
    "status", [302, 400, 401, 403, 404, 408, 409, 413, 429, 451, 500, 502, 503, 504, 520, 522]
)
def test_any_refusal_is_one_of_our_errors(net: responses.RequestsMock, status: int, body: str) -> None:
    expected = {401: TokenDead, 429: RateLimited}.get(status, AccountUnreachable)
    error = refused(net, status, body, {"location": "https://www.reddit.com/subreddits/search"})
    assert type(error) is expected
    assert error.permanent == (status not in (408, 429) and status < 500)


def test_a_missing_scope_is_a_dead_token(net: responses.RequestsMock) -> None:
    error = refused(net, 403, "", {"www-authenticate": 'Bearer realm="reddit", error="insufficient_scope"'})
    assert isinstance(error, TokenDead)
    assert "scopes" in error.mend


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after": "30"}, 30),
        ({"x-ratelimit-reset": "120", "x-ratelimit-remaining": "0", "x-ratelimit-used": "100"}, 120),
        ({}, 600),
        ({"retry-after": "soon"}, 600),
        ({"retry-after": "-5"}, 600),
    ],
)
def test_how_long_a_rate_limit_lasts(net: responses.RequestsMock, headers: dict[str, str], wait: int) -> None:
    error = refused(net, 429, "", headers)
    assert isinstance(error, RateLimited)
    assert error.reset_at == NOW + timedelta(seconds=wait)


def test_the_last_call_of_a_window_is_kept_and_no_further_one_made(net: responses.RequestsMock) -> None:
    """PRAW would sleep until the window ends."""
    spent = {"x-ratelimit-remaining": "0.0", "x-ratelimit-used": "100", "x-ratelimit-reset": "333"}
    net.get(COMMENTS, json=listing(comment(2), after="t1_00002"), headers=spent)
    pages = connector().pull(ACCOUNT, "comments", None, Unlimited(), NOW)
    assert names([next(pages)]) == ["t1_00002"]
    with pytest.raises(RateLimited) as caught:
        next(pages)
    assert caught.value.reset_at == NOW + timedelta(seconds=333)
    assert len([c for c in net.calls if COMMENTS in str(c.request.url)]) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"x-ratelimit-remaining": "many", "x-ratelimit-used": "", "x-ratelimit-reset": "soon"},
        {"x-ratelimit-remaining": "5"},
        {"x-ratelimit-remaining": "1.0", "x-ratelimit-used": "99", "x-ratelimit-reset": "600"},
    ],
)
def test_odd_or_pressing_limit_headers_neither_break_nor_delay(
    net: responses.RequestsMock, headers: dict[str, str]
) -> None:
    net.get(COMMENTS, json=listing(comment(2), after="t1_00002"), headers=headers)
    net.get(COMMENTS, json=listing(comment(1)))
    assert names(pull()) == ["t1_00002", "t1_00001"]


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refused_grant_is_a_dead_token(net: responses.RequestsMock, status: int) -> None:
    net.replace("POST", TOKEN, json={"error": "invalid_grant"}, status=status)
    with pytest.raises(TokenDead, match=r"\.env"):
        pull()


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{}", '{"access_token": 1}', '{"access_token": "a", "expires_in": "soon", "scope": "*"}'],
)
def test_an_odd_grant_is_no_crash(net: responses.RequestsMock, body: str) -> None:
    net.replace("POST", TOKEN, body=body)
    with pytest.raises(AccountUnreachable):
        pull()


def test_an_access_token_that_ran_out_is_renewed_once(net: responses.RequestsMock) -> None:
    net.get(COMMENTS, status=401)
    net.get(COMMENTS, json=listing(comment(1)))
    assert names(pull()) == ["t1_00001"]


@pytest.mark.parametrize("body", ["{", "", "[]", "null", "{}", '{"data": {}}', '{"data": {"children": {}}}'])
def test_an_answer_that_says_nothing_is_never_all_quiet(net: responses.RequestsMock, body: str) -> None:
    net.get(COMMENTS, body=body)
    with pytest.raises(AccountUnreachable):
        pull()


def test_settings_of_praw_nearby_are_not_taken(
    net: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    for name in ("oauth_url", "reddit_url", "username", "password", "client_id", "refresh_token", "site"):
        monkeypatch.setenv(f"praw_{name}", "https://evil.example")
    net.get(COMMENTS, json=listing(comment(1)))
    assert names(pull()) == ["t1_00001"]


def test_whose_inbox_it_is_is_said(net: responses.RequestsMock) -> None:
    net.get("https://oauth.reddit.com/api/v1/me", json={"name": "Somebody_else"})
    net.get("https://oauth.reddit.com/user/examplebrand/about", json={"kind": "t2", "data": {}})
    assert "u/Somebody_else, not of u/examplebrand" in connector().check_access(ACCOUNT)
    assert "without an inbox" in connector(refresh_token=None).check_access(ACCOUNT)


# looking again


def known(number: int) -> Post:
    return Post(
        key=PostKey(platform="reddit", account="examplebrand", external_id=f"t1_{number:05d}"),
        thread_id="t3_x",
        parent_id="t3_x",
        direction=Direction.OUTBOUND,
        kind=Kind.COMMENT,
        author="examplebrand",
        created_at=NOW,
        text="as it was",
    )


def test_a_second_look_tells_edited_gone_and_not_shown_apart(net: responses.RequestsMock) -> None:
    edited = comment(1, body="other words", edited=NOW.timestamp())
    things = [
        edited,
        comment(2, body="[deleted]", author=None),
        comment(3, body="[removed]", author=None),
        comment(77),
    ]
    net.get(INFO, json=listing(*things))
    look = connector().look_again(ACCOUNT, [known(n) for n in (1, 2, 3, 4)], Unlimited(), NOW)
    assert [(p.key.external_id, p.text) for p in look.posts] == [("t1_00001", "other words")]
    assert [key.external_id for key in look.gone] == ["t1_00002", "t1_00003"]
    assert [(n.why, n.count) for n in look.unchecked] == [(Why.UNREADABLE, 1)]
    assert len(look.answered) == 4


def test_a_second_look_goes_by_hundreds_and_keeps_what_it_learned(net: responses.RequestsMock) -> None:
    net.get(INFO, json=listing(*(comment(n) for n in range(100))))
    net.get(INFO, status=503)
    look = connector().look_again(ACCOUNT, [known(n) for n in range(150)], Unlimited(), NOW)
    assert len(look.answered) == len(look.posts) == 100
    net.remove("GET", INFO)
    net.get(INFO, status=503)
    with pytest.raises(AccountUnreachable):
        connector().look_again(ACCOUNT, [known(1)], Unlimited(), NOW)
