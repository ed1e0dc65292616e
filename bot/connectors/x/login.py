"""From the keys in `.env` to a connector for X."""

from __future__ import annotations

from bot.connectors.shared.limits import Limits
from bot.connectors.x.client import XCredentials
from bot.connectors.x.connector import XConnector
from bot.connectors.x.site import SITE, XKeys
from bot.errors import TokenDead


def connect(keys: XKeys, *, limits: Limits | None = None) -> XConnector:
    """A connector with these keys. Raises `TokenDead` where they do not suffice."""
    oauth = (keys.api_key, keys.api_key_secret, keys.access_token, keys.access_token_secret)
    if keys.bearer_token is None and not all(oauth):
        raise TokenDead("no-keys", site=SITE.title, mend="x-set-keys")
    credentials = XCredentials(
        bearer_token=keys.bearer_token,
        consumer_key=keys.api_key,
        consumer_secret=keys.api_key_secret,
        access_token=keys.access_token,
        access_token_secret=keys.access_token_secret,
    )
    return XConnector(credentials, base_url=keys.api_url, limits=limits)
