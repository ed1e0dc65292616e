"""Reads X: what an account posts and what mentions it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from bot.connectors.shared.limits import Limits
from bot.connectors.x.client import Timeline, XClient, XCredentials
from bot.connectors.x.cursor import XCursor
from bot.connectors.x.look import look_again
from bot.connectors.x.pull import WINDOWS, XPull, spent
from bot.connectors.x.site import SITE
from bot.ports import AccountRef, Allowance, Page, Read, SecondLook
from policies.model.post import Post

FIRST_DAYS = 30


class XConnector:
    """Reads X through tweepy. One object may be used by several threads.

    Account options: ``first_days`` (how far back the first pull goes), ``owned`` (whether the account owns the
    developer app; X charges less then), ``author_names`` (ask for the names of people who mention the account:
    one user read per person and UTC day).
    """

    platform = SITE.name

    def __init__(
        self, credentials: XCredentials, *, base_url: str | None = None, limits: Limits | None = None
    ) -> None:
        """``base_url`` stands in for https://api.twitter.com; ``limits`` end each call, 20 s by default."""
        self._credentials, self._base_url, self._limits = credentials, base_url, limits or Limits()
        self._clients = threading.local()
        self._user_ids: dict[str, str] = {}

    def streams(self, account: AccountRef) -> tuple[str, ...]:  # noqa: ARG002 -- the same for each
        """``own`` and ``mentions``."""
        return tuple(WINDOWS)

    def pull(
        self,
        account: AccountRef,
        stream: str,
        cursor: Mapping[str, Any] | None,
        allowance: Allowance,
        now: datetime,
    ) -> Iterator[Page]:
        """Pages after the cursor, each with what X charges for it; see `XCursor` for what survives a crash."""
        state = XCursor.resume(cursor, now)
        if state.since_id is None and state.start is None:
            days = timedelta(days=float(account.options.get("first_days", FIRST_DAYS)))
            state = replace(state, start=f"{now - days:%Y-%m-%dT%H:%M:%SZ}")
        if state.user_id is None:
            state = replace(state, user_id=self._user_ids.get(account.handle.lower()))
        if state.user_id is None:
            page = self._look_up(account, state, allowance, now)
            yield page
            state = XCursor.load(page.cursor)
        if state.user_id is None:
            return
        self._user_ids[account.handle.lower()] = state.user_id
        puller = XPull(self._client, account, cast("Timeline", stream), allowance, now)
        yield from puller.pages(state)

    def look_again(
        self, account: AccountRef, posts: Sequence[Post], allowance: Allowance, now: datetime
    ) -> SecondLook:
        """Known posts as they stand now. An edit is followed to its newest version."""
        user_id = self._user_ids.get(account.handle.lower())
        return look_again(self._client, account, posts, allowance, now, user_id=user_id)

    def check_access(self, account: AccountRef) -> str:
        """A live call; X charges one user read."""
        user = self._client.user(account.handle, datetime.now(UTC))
        return f"X answers; we read @{user.get('username', account.handle)} ({user.get('name', '')})."

    @property
    def _client(self) -> XClient:
        if not hasattr(self._clients, "client"):
            self._clients.client = XClient(self._credentials, base_url=self._base_url, limits=self._limits)
        return cast("XClient", self._clients.client)

    def _look_up(self, account: AccountRef, state: XCursor, allowance: Allowance, now: datetime) -> Page:
        left = allowance.reads("user", owned=False)
        if left is not None and left < 1:
            return spent(account, state, now)
        user_id = str(self._client.user(account.handle, now)["id"])
        self._user_ids[account.handle.lower()] = user_id
        return Page(
            posts=(),
            cursor=replace(state, user_id=user_id).dump(),
            reads=(Read(resource="user", id=user_id, owned=False),),
        )
