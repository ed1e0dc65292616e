"""A channel as one value: all that the rest of the program knows of a way out to people."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from bot.ports import Channel
from bot.secrets import Secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Everything that is known of one channel. Its folder holds `channel.open_channel` beside it."""

    folder: str  #: package that it stands in
    name: str  #: small letters
    title: str  #: for people
    settings: type[Secrets]  #: read from the environment under `prefix`
    prefix: str  #: what the names of its settings begin with, for instance ``OVERSIGHT_SMTP_``
    keeps: str = ""  #: for one that reaches nobody: what to do so that people are reached

    def open(self, settings: Secrets, *, home: Path, sender: str) -> Channel | None:
        """The channel of a home folder, with the address that messages come from.

        None where its settings do not ask for it. Raises `ConfigError` where they contradict.
        """
        # By name and late, as with platforms: most runs of the command line reach nobody.
        made: Channel | None = import_module(f"{self.folder}.channel").open_channel(
            settings, home=home, sender=sender
        )
        return made
