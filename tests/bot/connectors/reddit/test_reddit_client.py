"""Reddit's refusals, limits and grants, through PRAW."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import responses
from reddit_stage import ACCOUNT, COMMENTS, NOW, TOKEN, Unlimited, comment, connector, listing, names, pull

from bot.errors import AccountUnreachable, RateLimited, TokenDead
from policies.errors import OversightError

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
