"""The loopback servers that the table of sites leads to."""

from __future__ import annotations

from importlib import import_module

from bot.connectors import SITES
from bot.connectors.loopback.fake import FakeClass
from bot.connectors.loopback.world import Nature


def fake_of(platform: str) -> FakeClass:
    """The server that stands beside the platform's connector."""
    found: FakeClass = import_module(f"{SITES[platform]}.fake").FAKE
    return found


def natures() -> dict[str, Nature]:
    """What is each platform's own about posts and people."""
    return {name: fake_of(name).nature for name in SITES}
