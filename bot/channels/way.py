"""A channel as one value: all that the rest of the program knows of a way out to people."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from bot.ports import Channel
from bot.secrets import Secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a channel may use beside its own settings."""

    home: Path  #: home folder
    sender: str  #: address that messages come from


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Everything that is known of one channel. Its folder holds `channel.open_channel` beside it."""

    folder: str  #: package that it stands in
    name: str  #: small letters
    title: str  #: for people
    settings: type[Secrets]  #: read from the environment under `prefix`
    prefix: str  #: what the names of its settings begin with, for instance ``OVERSIGHT_SMTP_``
    keeps: str = ""  #: for one that reaches nobody: what to do so that people are reached

    def open(self, settings: Secrets, place: Place) -> Channel | None:
        """The channel, None where its settings do not ask for it. Raises `ConfigError` where they contradict."""
        # By name and late, as with platforms: most runs of the command line reach nobody.
        made: Channel | None = import_module(f"{self.folder}.channel").open_channel(settings, place)
        return made
