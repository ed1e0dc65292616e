# ruff: noqa: S105
# The "passwords" in this file are made up: they open a sandbox on loopback and nothing else.
"""Keys that X on loopback lets in. They stand here in plain sight on purpose."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote


@dataclass(frozen=True, kw_only=True, slots=True)
class XTestKeys:
    """X's keys: an app-only bearer token, a user's bearer token, and the four OAuth 1 keys.

    Field names are those of tweepy.Client, except `user_token` (OAuth 2 user context, given as bearer_token).
    """

    bearer_token: str = "sandbox-x-bearer"
    user_token: str = "sandbox-x-user"
    consumer_key: str = "sandbox-x-consumer"
    consumer_secret: str = "sandbox-x-consumer-secret"
    access_token: str = "sandbox-x-access"
    access_token_secret: str = "sandbox-x-access-secret"

    def admit(self, authorization: str) -> bool:
        """Whether X would take that Authorization header."""
        return authorization == f"Bearer {self.bearer_token}" or self.is_user(authorization)

    def is_user(self, authorization: str) -> bool:
        """Whether the header speaks for a user, not only for an app. OAuth 1 signatures are not recomputed."""
        if authorization == f"Bearer {self.user_token}":
            return True
        pairs = dict(re.findall(r'(oauth_\w+)="([^"]*)"', authorization))
        keys = unquote(pairs.get("oauth_consumer_key", "")), unquote(pairs.get("oauth_token", ""))
        signed = bool(pairs.get("oauth_signature"))
        return (
            authorization.startswith("OAuth ") and signed and keys == (self.consumer_key, self.access_token)
        )
