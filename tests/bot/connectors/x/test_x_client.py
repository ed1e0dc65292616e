"""X's refusals and odd answers, through tweepy."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import responses
from x_stage import ACCOUNT, NOW, TIMELINE, Unlimited, connector, problem, pull

from bot.connectors.x.client import XCredentials
from bot.connectors.x.connector import XConnector
from bot.errors import AccountUnreachable, RateLimited, TokenDead
from policies.errors import OversightError


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
