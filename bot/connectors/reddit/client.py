"""PRAW, without its sleeping.

PRAW 8 waits by itself: before a call when the X-Ratelimit headers say so, between up to three tries after an error,
and after a refused token. Here each response is judged before PRAW sees it: errors are raised as ours, which PRAW
does not try again, and the headers are taken out, so that there is nothing it would wait for.

Listings are asked for through ``Reddit.request``, which gives the JSON as it came. PRAW's objects fetch by themselves
whatever attribute they lack.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Never

import praw
import prawcore
import requests
from prawcore.const import ACCESS_TOKEN_PATH
from pydantic import SecretStr

from bot.connectors.reddit.site import SITE
from bot.connectors.shared.http import Throttled, json_object, number, server_time, session
from bot.connectors.shared.limits import Limits
from bot.connectors.shared.raw import reveal
from bot.errors import AccountUnreachable, PlatformError, RateLimited, TokenDead

OAUTH = "https://oauth.reddit.com"
WINDOW_SECONDS = 600.0  #: Reddit counts its limit over ten minutes
INFO_SIZE = 100  #: fullnames in one call of /api/info


@dataclass(frozen=True, slots=True, kw_only=True)
class RedditCredentials:
    """An app, and a person it acts for by refresh token or by name and password. Without a person: public lists."""

    client_id: SecretStr | str
    client_secret: SecretStr | str | None = None
    refresh_token: SecretStr | str | None = None
    username: str | None = None
    password: SecretStr | str | None = None
    user_agent: str = "linux:social-oversight:0.1 (read-only)"

    @property
    def personal(self) -> bool:
        """Whether there is an inbox to read."""
        return bool(reveal(self.refresh_token) or (self.username and reveal(self.password)))

    def __repr__(self) -> str:
        return "RedditCredentials(…)"


class _TokenRefused(Exception):
    """The access token was refused; a new one may do."""


class RedditClient:
    """The calls that we make. Each raises `TokenDead`, `RateLimited` or `AccountUnreachable`."""

    def __init__(self, credentials: RedditCredentials, *, base_url: str | None, limits: Limits) -> None:
        self._credentials = credentials
        self._site, self._oauth = (base_url or SITE.address).rstrip("/"), (base_url or OAUTH).rstrip("/")
        self._limits = limits
        self._remaining: float | None = None  #: calls left in Reddit's window
        self._reset_after: float | None = None  #: seconds until that window ends
        self._quiet_until: datetime | None = None  #: UTC; no call before it
        self._praw = self._connect()

    def listing(self, path: str, params: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        """The ``data`` of a listing: ``children`` and ``after``."""
        answer = self.get(path, params, now)
        data = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(data, dict) or not isinstance(data.get("children"), list):
            raise AccountUnreachable("answer-unreadable", site=SITE.title)
        return data

    def get(self, path: str, params: Mapping[str, Any], now: datetime) -> Any:
        """The JSON of one GET; a refused access token is renewed once."""
        if self._quiet_until is not None and now < self._quiet_until:
            raise RateLimited(site=SITE.title, reset_at=self._quiet_until)
        try:
            return self._once(path, params, now)
        except _TokenRefused:
            self._praw = self._connect()
        try:
            return self._once(path, params, now)
        except _TokenRefused:
            raise TokenDead("access-refused", site=SITE.title, mend="reddit-keys") from None

    def _once(self, path: str, params: Mapping[str, Any], now: datetime) -> Any:
        try:
            answer = self._praw.request(method="GET", path=path, params=dict(params))
        except (
            prawcore.PrawcoreException,
            praw.exceptions.PRAWException,
            ValueError,
            RecursionError,
        ) as error:
            self._translate(error, now)
        finally:
            self._note_limit(now)
        return answer

    def _translate(self, error: Exception, now: datetime) -> Never:
        cause = error.original_exception if isinstance(error, prawcore.RequestException) else error
        if isinstance(cause, Throttled):
            limited = cause.limited(SITE.title, now)
            self._quiet_until = limited.reset_at
            raise limited from error
        if isinstance(cause, (PlatformError, _TokenRefused)):
            raise cause from None
        if isinstance(cause, prawcore.OAuthException):
            raise TokenDead(
                "keys-refused", site=SITE.title, said=str(cause.error), mend="reddit-keys"
            ) from error
        raise AccountUnreachable("answer-unreadable", site=SITE.title) from error

    def _note_limit(self, now: datetime) -> None:
        if self._remaining is not None and self._remaining < 1 and self._reset_after:
            self._quiet_until = now + timedelta(seconds=min(self._reset_after, WINDOW_SECONDS))
            self._remaining = None

    def _connect(self) -> praw.Reddit:
        http = session(
            SITE.title,
            replaces={self._site: self._site, self._oauth: self._oauth},
            judge=self._judge,
            limits=self._limits,
        )
        # Everything is given, None too: what is not given PRAW takes from the environment or a praw.ini nearby.
        return praw.Reddit(
            "DEFAULT",
            client_id=reveal(self._credentials.client_id),
            client_secret=reveal(self._credentials.client_secret),
            refresh_token=reveal(self._credentials.refresh_token),
            username=self._credentials.username,
            password=reveal(self._credentials.password),
            redirect_uri=None,
            user_agent=self._credentials.user_agent,
            reddit_url=self._site,
            oauth_url=self._oauth,
            ratelimit_seconds=0,
            timeout=max(1, int(self._limits.seconds)),
            check_for_updates=False,
            check_for_async=False,
            requestor_kwargs={"session": http},
        )

    def _judge(self, response: requests.Response) -> None:
        """Raise our error for a response that PRAW would wait for, try again or stumble over."""
        self._remaining = number(response.headers, "x-ratelimit-remaining")
        self._reset_after = number(response.headers, "x-ratelimit-reset")
        for name in ("x-ratelimit-remaining", "x-ratelimit-used", "x-ratelimit-reset"):
            response.headers.pop(name, None)
        granting = (response.request.url or "").partition("?")[0].endswith(ACCESS_TOKEN_PATH)
        if response.status_code == 429:
            raise self._throttled(response)
        if granting:
            _judge_grant(response)
        elif response.status_code == 401:
            raise _TokenRefused
        elif not 200 <= response.status_code < 300:
            raise _refusal(response)

    def _throttled(self, response: requests.Response) -> Throttled:
        after = number(response.headers, "retry-after")
        return Throttled(
            after=self._reset_after if after is None else after,
            server_time=server_time(response.headers),
            fallback=WINDOW_SECONDS,
        )


def _judge_grant(response: requests.Response) -> None:
    """The answer to a request for an access token. prawcore reads its fields without looking whether they are there."""
    if response.status_code in (400, 401, 403):
        raise TokenDead("keys-refused", site=SITE.title, said=str(response.status_code), mend="reddit-keys")
    if response.status_code != 200:
        raise _refusal(response)
    body = json_object(response)
    granted = isinstance(body.get("access_token"), str) and isinstance(body.get("expires_in"), int)
    if not (granted and isinstance(body.get("scope"), str)) and "error" not in body:
        raise AccountUnreachable("answer-unreadable", site=SITE.title)


def _refusal(response: requests.Response) -> PlatformError:
    status = response.status_code
    body = json_object(response)
    said = str(body.get("reason") or body.get("message") or status)[:200]
    if status == 403 and "insufficient_scope" in response.headers.get("www-authenticate", ""):
        return TokenDead("token-too-narrow", site=SITE.title, mend="reddit-scopes")
    if status >= 500 or status == 408:
        return AccountUnreachable("in-trouble", site=SITE.title, said=said, mend="again")
    return AccountUnreachable(
        "request-refused", site=SITE.title, said=said, mend="reddit-exists", permanent=True
    )
