"""Reddit, as one value. New keys need Reddit's approval since November 2025, which is often refused."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field, SecretStr

from bot.connectors.shared.site import Handles, Options, Site, Stream, Tried
from bot.secrets import Secrets

WWW = "https://www.reddit.com"
CAP = 1000  #: about as many things as a listing serves in all (PRAW's ListingGenerator)


class RedditKeys(Secrets):
    """Credentials for Reddit: an approved script app and a refresh token or password."""

    client_id: SecretStr | None = None
    client_secret: SecretStr | None = None
    refresh_token: SecretStr | None = None
    username: str | None = None
    password: SecretStr | None = None
    user_agent: str = "linux:social-oversight:0.1 (read-only)"
    api_url: str | None = Field(None, description="Another address of the API, for tests")


class RedditOptions(Options):
    """What brand.yaml may say of an account on Reddit."""

    subreddits: tuple[str, ...] = Field((), description="Reddit: communities whose comments are read too")


SITE = Site(
    folder=__package__,
    name="reddit",
    title="Reddit",
    address=WWW,
    handles=Handles(before=("u/", "/u/", "@"), called="User name"),
    keys=RedditKeys,
    keys_hint="an approved script app, then a refresh token or a password",
    options=RedditOptions,
    streams=(
        Stream(name="comments", window=CAP),
        Stream(name="submissions", window=CAP),
        Stream(name="replies", inbound=True, window=CAP),
        Stream(name="mentions", inbound=True, window=CAP),
    ),
    every=timedelta(minutes=3),  # free: about two calls of the hundred that a minute allows
    paid_marks=("data.promoted", "data.is_created_from_ads_ui"),  # both are shown as “Promoted”
    tried=Tried.LOOPBACK,
)
