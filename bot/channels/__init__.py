"""The ways out to people: one folder each, and one line here.

Each folder's ``way.py`` says all that the program knows of it; see `bot.channels.way.Way`.
"""

from __future__ import annotations

from importlib import import_module

from bot.channels.way import Way

#: channel -> the folder that knows it, in the order in which they are asked: the first that opens is taken
CHANNELS = {
    "email": "bot.channels.email",
    "files": "bot.channels.files",
}


def ways() -> tuple[Way, ...]:
    """All channels, in the order of the table."""
    return tuple(import_module(f"{folder}.way").WAY for folder in CHANNELS.values())
