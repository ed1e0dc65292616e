"""What the tests of the Reddit connector share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.connectors.reddit.client import RedditCredentials
from bot.connectors.reddit.connector import RedditConnector
from bot.ports import AccountRef, Page

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ACCOUNT = AccountRef(brand="b", platform="reddit", handle="examplebrand")
TOKEN = "https://www.reddit.com/api/v1/access_token"
COMMENTS = "https://oauth.reddit.com/user/examplebrand/comments"
GRANTED = {"access_token": "canary-access", "token_type": "bearer", "expires_in": 86400, "scope": "*"}


class Unlimited:
    def reads(self, resource: str, *, owned: bool) -> int | None:
        return None


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
