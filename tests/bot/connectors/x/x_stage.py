"""What the tests of the X connector share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.connectors.x.client import XCredentials
from bot.connectors.x.connector import XConnector
from bot.ports import AccountRef, Page

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ACCOUNT = AccountRef(brand="b", platform="x", handle="examplebrand")
TIMELINE = "https://api.twitter.com/2/users/17/tweets"


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
