"""tweepy's client, with an end to every wait and our own errors.

tweepy 4.17 has no timeout, no retry and reads error bodies without checking them, so a response is judged before
tweepy sees it. ``wait_on_rate_limit`` stays off: on a 429 without a reset header tweepy asks again without end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import requests
import tweepy
from pydantic import SecretStr

from bot.connectors.shared.http import Throttled, json_object, number, server_time, session
from bot.connectors.shared.limits import Limits
from bot.connectors.shared.raw import reveal
from bot.connectors.x.site import SITE
from bot.errors import AccountUnreachable, TokenDead

WINDOW_SECONDS = 900.0  #: X counts most limits over 15 minutes (docs.x.com, rate limits)
LOOKUP_SIZE = 100  #: ids in one call of GET /2/tweets

_FIELDS = [
    "attachments",
    "author_id",
    "conversation_id",
    "created_at",
    "edit_controls",
    "edit_history_tweet_ids",
    "entities",
    "in_reply_to_user_id",
    "lang",
    "note_tweet",
    "referenced_tweets",
    "source",
]
_MEDIA_FIELDS = ["alt_text", "preview_image_url", "type", "url"]
#: Media carry the alt text. Authors and referenced posts are left out: X charges for each one it sends along.
_EXPANSIONS = ["attachments.media_keys", "attachments.poll_ids"]
_AUTHORS = ["author_id"]

Timeline = Literal["own", "mentions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class XCredentials:
    """An app-only or user bearer token, or the four keys of OAuth 1. One of the two is enough."""

    bearer_token: SecretStr | str | None = None
    consumer_key: SecretStr | str | None = None
    consumer_secret: SecretStr | str | None = None
    access_token: SecretStr | str | None = None
    access_token_secret: SecretStr | str | None = None

    def __repr__(self) -> str:
        return "XCredentials(…)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Which part of a timeline is asked for, newest first. Ids are exclusive."""

    size: int  #: posts, 5 to 100
    since_id: int | None = None
    until_id: int | None = None
    start: str | None = None  #: RFC 3339 time; only where there is no since_id
    token: str | None = None  #: next_token of the page before


class XClient:
    """The calls that we make, each answered with X's own JSON.

    Each raises `TokenDead`, `RateLimited` or `AccountUnreachable`.
    """

    def __init__(self, credentials: XCredentials, *, base_url: str | None, limits: Limits) -> None:
        self._user_auth = credentials.bearer_token is None
        self._tweepy = tweepy.Client(
            bearer_token=reveal(credentials.bearer_token),
            consumer_key=reveal(credentials.consumer_key),
            consumer_secret=reveal(credentials.consumer_secret),
            access_token=reveal(credentials.access_token),
            access_token_secret=reveal(credentials.access_token_secret),
            return_type=dict,
            wait_on_rate_limit=False,
        )
        self._tweepy.session = session(
            SITE.title, replaces={SITE.address: base_url or SITE.address}, judge=judge, limits=limits
        )

    def user(self, handle: str, now: datetime) -> dict[str, Any]:
        """``{"id", "username", "name"}`` of a handle. X charges one user read."""
        answer = self._ask(now, "get_user", username=handle)
        data = answer.get("data")
        if not isinstance(data, dict) or not isinstance(data.get("id"), str):
            raise unavailable(answer, "no-such-account", handle)
        return data

    def timeline(
        self, stream: Timeline, user_id: str, walk: Walk, *, authors: bool, now: datetime
    ) -> dict[str, Any]:
        """One page of what an account wrote (``own``) or of what mentions it."""
        call = "get_users_tweets" if stream == "own" else "get_users_mentions"
        return self._ask(
            now,
            call,
            id=user_id,
            max_results=walk.size,
            since_id=walk.since_id,
            until_id=walk.until_id,
            start_time=walk.start,
            pagination_token=walk.token,
            **_wanted(authors=authors),
        )

    def posts(self, ids: Sequence[str], *, authors: bool, now: datetime) -> dict[str, Any]:
        """Up to `LOOKUP_SIZE` posts by id; those that X does not serve stand in ``errors``."""
        return self._ask(now, "get_tweets", ids=list(ids), **_wanted(authors=authors))

    def _ask(self, now: datetime, call: str, **params: Any) -> dict[str, Any]:
        try:
            answer = getattr(self._tweepy, call)(user_auth=self._user_auth, **params)
        except Throttled as error:
            raise error.limited(SITE.title, now) from error
        except (requests.RequestException, tweepy.TweepyException, ValueError, RecursionError) as error:
            # ValueError: the body is no JSON, for instance cut off.
            raise AccountUnreachable("answer-unreadable", site=SITE.title) from error
        if not isinstance(answer, dict):
            raise AccountUnreachable("answer-unreadable", site=SITE.title)
        return answer


def _wanted(*, authors: bool) -> dict[str, Any]:
    return {
        "tweet_fields": _FIELDS,
        "media_fields": _MEDIA_FIELDS,
        "expansions": _EXPANSIONS + (_AUTHORS if authors else []),
    }


def judge(response: requests.Response) -> None:
    """Raise our error for a response that is none of the 2xx."""
    status = response.status_code
    if 200 <= status < 300:
        return
    problem = json_object(response)
    said = _said(problem) or str(status)
    if status == 401 or (status == 403 and not _about_resource(problem)):
        raise TokenDead("keys-refused", site=SITE.title, said=said, mend="x-keys")
    if status == 402:
        raise AccountUnreachable(
            "payment-asked", site=SITE.title, said=said, mend="x-credits", permanent=True
        )
    if status == 429:
        raise _throttled(response)
    if status < 500:
        raise AccountUnreachable(
            "request-refused", site=SITE.title, said=said, mend="x-exists", permanent=True
        )
    raise AccountUnreachable("in-trouble", site=SITE.title, said=said, mend="again")


def unavailable(answer: dict[str, Any], code: str, handle: str) -> AccountUnreachable:
    """Our error for an answer of status 200 that only holds errors, for instance of a suspended account."""
    errors = answer.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    return AccountUnreachable(
        code,
        site=SITE.title,
        handle=handle,
        said=_said(first),
        mend="x-handle",
        permanent=bool(first),
    )


def _throttled(response: requests.Response) -> Throttled:
    return Throttled(
        reset_epoch=number(response.headers, "x-rate-limit-reset"),
        after=number(response.headers, "retry-after"),
        server_time=server_time(response.headers),
        fallback=WINDOW_SECONDS,
    )


def _about_resource(problem: dict[str, Any]) -> bool:
    """Whether a 403 is about what was asked for (a protected account), not about who asks."""
    return str(problem.get("type", "")).endswith("/not-authorized-for-resource")


def _said(problem: dict[str, Any]) -> str:
    """X's own words, short and on one line."""
    said = problem.get("detail") or problem.get("title")
    return " ".join(str(said).split())[:200] if said else ""
