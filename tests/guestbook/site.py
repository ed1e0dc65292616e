"""The guestbook, as one value."""

from __future__ import annotations

from pydantic import Field, SecretStr

from bot.connectors.shared.site import Handles, Options, Prices, Site, Stream
from bot.secrets import Secrets

WINDOW = 500  #: newest entries that a list serves


class GuestbookKeys(Secrets):
    """One token."""

    token: SecretStr | None = Field(None, description="From the guestbook's keeper")
    api_url: str | None = None


class GuestbookOptions(Options):
    """What brand.yaml may say of an account there."""

    chapter: str = "all"


SITE = Site(
    folder=__package__,
    name="guestbook",
    title="The Guestbook",
    address="https://guestbook.example",
    handles=Handles(before=("~", "@"), pattern=r"[a-z]+(@[a-z.]+)?", called="Pen name"),
    keys=GuestbookKeys,
    keys_hint="ask its keeper for a token",
    options=GuestbookOptions,
    streams=(Stream(name="written", window=WINDOW), Stream(name="named", inbound=True, window=WINDOW)),
    prices=Prices(post=0.002),
    permalink="https://guestbook.example/{author}/{id}",
)
