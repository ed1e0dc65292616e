"""Real tweepy and PRAW clients pointed at a sandbox, and the type of the fixture that opens one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import praw
import requests
import tweepy
from requests.adapters import HTTPAdapter

from bot.sandbox import Sandbox

Open = Callable[..., Sandbox]
X_API = "https://api.twitter.com"


class ToLoopback(HTTPAdapter):
    """Sends what is meant for X to a sandbox, signatures untouched, and gives up after a while."""

    def __init__(self, base: str, timeout: float) -> None:
        super().__init__()
        self.base, self.timeout = base, timeout

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        request.url = (request.url or "").replace(X_API, self.base)
        return super().send(request, **{**options, "timeout": self.timeout, "proxies": {}})


def x_client(
    box: Sandbox, *, token: str | None = None, oauth1: bool = False, timeout: float = 20
) -> tweepy.Client:
    """A tweepy client with the sandbox's bearer token (or another), or with its OAuth 1 keys."""
    keys = box.fake("x").keys
    if oauth1:
        client = tweepy.Client(
            consumer_key=keys.consumer_key,
            consumer_secret=keys.consumer_secret,
            access_token=keys.access_token,
            access_token_secret=keys.access_token_secret,
        )
    else:
        client = tweepy.Client(bearer_token=token or keys.bearer_token)
    client.session.mount(X_API, ToLoopback(box.url("x"), timeout))
    return client


def reddit_client(box: Sandbox, **changes: Any) -> praw.Reddit:
    """A PRAW client with the sandbox's password grant; `changes` replace or (None) drop arguments."""
    keys = box.fake("reddit").keys
    given = {
        "client_id": keys.client_id,
        "client_secret": keys.client_secret,
        "username": keys.username,
        "password": keys.password,
        **changes,
    }
    return praw.Reddit(
        reddit_url=box.url("reddit"),
        oauth_url=box.url("reddit"),
        check_for_updates=False,
        user_agent="sandbox tests",
        **{name: value for name, value in given.items() if value is not None},
    )
