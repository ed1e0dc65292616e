"""X, as one value. Prices and limits: docs.x.com; they change, so the environment may set the prices."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field, SecretStr

from bot.connectors.shared.site import Handles, Options, Prices, Site, Stream, Tried
from bot.secrets import Secrets

EDIT_WINDOW = timedelta(
    minutes=30
)  #: how long a post may be edited (edit_controls.editable_until, docs.x.com)
PERMALINK = "https://x.com/{author}/status/{id}"  #: X puts up with ``i`` for an author that is not known


class XKeys(Secrets):
    """Credentials for X: a bearer token, or the four keys of OAuth 1."""

    bearer_token: SecretStr | None = Field(None, description="App-only token from the X developer console")
    api_key: SecretStr | None = None
    api_key_secret: SecretStr | None = None
    access_token: SecretStr | None = None
    access_token_secret: SecretStr | None = None
    api_url: str | None = Field(None, description="Another address of the API, for tests")


class XOptions(Options):
    """What brand.yaml may say of an account on X."""

    owned: bool = Field(True, description="Whether this account owns the developer app (X charges less then)")
    author_names: bool = Field(
        False, description="X: show customers by name; X charges for each profile that it sends along"
    )


SITE = Site(
    folder=__package__,
    name="x",
    title="X",
    address="https://api.twitter.com",  # what tweepy asks
    handles=Handles(before=("@",)),
    keys=XKeys,
    keys_hint="a bearer token is enough for reading",
    options=XOptions,
    streams=(Stream(name="own", window=3200), Stream(name="mentions", inbound=True, window=800)),
    prices=Prices(post=0.005, owned=0.001, user=0.010),
    every=timedelta(minutes=2),  # an answer without posts costs nothing, and 15 calls of 300 are used
    edits_for=EDIT_WINDOW,
    permalink=PERMALINK,
    tried=Tried.LOOPBACK,
    days_to_key=0,
)
