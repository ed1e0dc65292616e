# ruff: noqa: S105
# The "passwords" in this file are made up: they open a sandbox on loopback and nothing else.
"""Keys that Reddit on loopback lets in. They stand here in plain sight on purpose."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class RedditTestKeys:
    """Reddit's keys, named as praw.Reddit names them; `username` is the brand's account."""

    username: str
    client_id: str = "sandbox-reddit-id"
    client_secret: str = "sandbox-reddit-secret"
    password: str = "sandbox-reddit-password"
    refresh_token: str = "sandbox-reddit-refresh"
