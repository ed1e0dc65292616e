"""Carrier pigeons, as one value."""

from __future__ import annotations

from pydantic import Field, SecretStr

from bot.channels.way import Way
from bot.secrets import Secrets


class PigeonSettings(Secrets):
    """Where the pigeons live."""

    loft: str | None = Field(None, description="Folder of the loft")
    whistle: SecretStr | None = None


WAY = Way(
    folder=__package__,
    name="pigeon",
    title="Carrier pigeons",
    settings=PigeonSettings,
    prefix="OVERSIGHT_PIGEON_",
)
