"""From the keys in `.env` to a connector for Reddit."""

from __future__ import annotations

from bot.connectors.reddit.client import RedditCredentials
from bot.connectors.reddit.connector import RedditConnector
from bot.connectors.reddit.site import SITE, RedditKeys
from bot.connectors.shared.limits import Limits
from bot.errors import TokenDead


def connect(keys: RedditKeys, *, limits: Limits | None = None) -> RedditConnector:
    """A connector with these keys. Raises `TokenDead` where they do not suffice."""
    if keys.client_id is None or keys.client_secret is None:
        raise TokenDead("no-keys", site=SITE.title, mend="reddit-set-keys")
    credentials = RedditCredentials(
        client_id=keys.client_id,
        client_secret=keys.client_secret,
        refresh_token=keys.refresh_token,
        username=keys.username,
        password=keys.password,
        user_agent=keys.user_agent,
    )
    return RedditConnector(credentials, base_url=keys.api_url, limits=limits)
