"""Reads Reddit: what an account posts, what answers or mentions it, and communities."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from praw.endpoints import API_PATH

from bot.connectors.reddit.client import INFO_SIZE, RedditClient, RedditCredentials
from bot.connectors.reddit.cursor import RedditCursor
from bot.connectors.reddit.normalize import normalize
from bot.connectors.reddit.pull import RedditPull
from bot.connectors.reddit.site import SITE
from bot.connectors.shared.limits import Limits
from bot.connectors.shared.raw import UnreadableItem
from bot.errors import PlatformError
from bot.ports import AccountRef, Allowance, Page, SecondLook
from policies.model.coverage import Unchecked, Why
from policies.model.keys import PostKey
from policies.model.post import Post

PAGE_SIZE = 100  #: most things that Reddit serves at once
FIRST_DAYS = 30
SUBREDDIT = "subreddit:"


class RedditConnector:
    """Reads Reddit through PRAW. One object may be used by several threads.

    Account options: ``first_days`` (how far back the first pull goes), ``subreddits`` (communities whose comments
    are read too).
    """

    platform = SITE.name

    def __init__(
        self,
        credentials: RedditCredentials,
        *,
        base_url: str | None = None,
        limits: Limits | None = None,
        page_size: int = PAGE_SIZE,
    ) -> None:
        """``base_url`` stands in for both www and oauth.reddit.com; ``limits`` end each call, 20 s by default."""
        self._credentials, self._base_url, self._limits = credentials, base_url, limits or Limits()
        self._page_size = page_size
        self._clients = threading.local()

    def streams(self, account: AccountRef) -> tuple[str, ...]:
        """``comments`` and ``submissions``; with an inbox ``replies`` and ``mentions``; ``subreddit:<name>``."""
        inbox = ("replies", "mentions") if self._credentials.personal else ()
        communities = (f"{SUBREDDIT}{name}" for name in account.options.get("subreddits") or ())
        return ("comments", "submissions", *inbox, *communities)

    def pull(
        self,
        account: AccountRef,
        stream: str,
        cursor: Mapping[str, Any] | None,
        allowance: Allowance,  # noqa: ARG002 -- Reddit does not charge
        now: datetime,
    ) -> Iterator[Page]:
        """Pages of what is new or changed; see `RedditCursor` for what survives a crash."""
        cursors = dict(cursor or {})
        for listing, path in _listings(account, stream).items():
            state = _load(cursors.get(listing))
            if state.floor is None:
                days = timedelta(days=float(account.options.get("first_days", FIRST_DAYS)))
                state = replace(state, floor=(now - days).timestamp())
            pull = RedditPull(client=self._client, account=account, path=path, size=self._page_size, now=now)
            for page in pull.pages(state):
                cursors[listing] = page.cursor
                yield replace(page, cursor=dict(cursors))

    def look_again(
        self,
        account: AccountRef,
        posts: Sequence[Post],
        allowance: Allowance,  # noqa: ARG002 -- Reddit does not charge
        now: datetime,
    ) -> SecondLook:
        """Known things as they stand now; what was learned before an error is returned."""
        looks: list[SecondLook] = []
        for start in range(0, len(posts), INFO_SIZE):
            try:
                looks.append(_look(self._client, account, posts[start : start + INFO_SIZE], now))
            except PlatformError:
                if not looks:
                    raise
                break
        return SecondLook(
            posts=tuple(post for look in looks for post in look.posts),
            gone=tuple(key for look in looks for key in look.gone),
            unchecked=tuple(note for look in looks for note in look.unchecked),
            answered=tuple(key for look in looks for key in look.answered),
        )

    def check_access(self, account: AccountRef) -> str:
        """A live call; a sentence saying as whom we read."""
        now = datetime.now(UTC)
        if not self._credentials.personal:
            self._client.get(f"user/{account.handle}/about", {}, now)
            return f"Reddit answers; we read the public lists of u/{account.handle}, without an inbox."
        me = self._client.get(API_PATH["me"], {}, now)
        name = str(me.get("name")) if isinstance(me, dict) else "nobody"
        if name.lower() != account.handle.lower():
            return f"Reddit answers, but the inbox is that of u/{name}, not of u/{account.handle}."
        return f"Reddit answers; we read as u/{name}."

    @property
    def _client(self) -> RedditClient:
        if not hasattr(self._clients, "client"):
            client = RedditClient(self._credentials, base_url=self._base_url, limits=self._limits)
            self._clients.client = client
        return cast("RedditClient", self._clients.client)


def _look(client: RedditClient, account: AccountRef, posts: Sequence[Post], now: datetime) -> SecondLook:
    known = {post.key.external_id: post for post in posts}
    data = client.listing(API_PATH["info"], {"id": ",".join(known)}, now)
    found: dict[PostKey, Post] = {}
    gone: dict[PostKey, None] = {}
    unreadable = 0
    for thing in data["children"]:
        try:
            post = normalize(thing, account=account.handle, seen_at=now)
        except UnreadableItem:
            unreadable += 1
            continue
        if post.key.external_id not in known:
            continue
        if post.deleted_at is not None:
            gone[post.key] = None
        else:
            found[post.key] = post
    missing = len(known) - len(found) - len(gone)
    note = Unchecked(
        why=Why.UNREADABLE,
        platform=SITE.name,
        account=account.handle,
        code="unreadable" if unreadable else "not-shown",
        until=now,
        count=missing,
    )
    return SecondLook(
        posts=tuple(found.values()),
        gone=tuple(gone),
        unchecked=(note,) if missing else (),
        answered=tuple(post.key for post in posts),
    )


def _listings(account: AccountRef, stream: str) -> dict[str, str]:
    """The lists that make up a stream, and where Reddit serves them."""
    if stream.startswith(SUBREDDIT):
        return {"comments": f"r/{stream.removeprefix(SUBREDDIT)}/comments"}
    return {
        "comments": {"comments": f"user/{account.handle}/comments"},
        "submissions": {"submissions": f"user/{account.handle}/submitted"},
        "replies": {"comments": API_PATH["comment_replies"], "submissions": API_PATH["submission_replies"]},
        "mentions": {"mentions": API_PATH["mentions"]},
    }[stream]


def _load(cursor: object) -> RedditCursor:
    try:
        return RedditCursor.load(cursor if isinstance(cursor, Mapping) else None)
    except UnreadableItem:
        return RedditCursor(known={})
