"""From the keys in `.env` to a connector for the guestbook."""

from __future__ import annotations

from bot.connectors.shared.limits import Limits
from bot.errors import TokenDead
from guestbook.connector import GuestbookConnector
from guestbook.site import GuestbookKeys


def connect(keys: GuestbookKeys, *, limits: Limits | None = None) -> GuestbookConnector:
    """A connector with these keys. Raises `TokenDead` where there is none."""
    if keys.token is None:
        raise TokenDead("There is no token for the guestbook.", mend="Set GUESTBOOK_TOKEN in .env.")
    return GuestbookConnector(keys.token, base_url=keys.api_url, limits=limits or Limits())
