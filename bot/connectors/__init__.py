"""The platforms that are read: one folder each, and one line here.

Each folder's ``site.py`` says all that the program knows of it; see `bot.connectors.shared.site.Site`.
"""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

from bot.connectors.shared.site import Site

#: platform -> the folder that knows it; imported late, when somebody asks for it
SITES = {
    "x": "bot.connectors.x",
    "reddit": "bot.connectors.reddit",
}

#: Platforms whose posts come by import only, where the name alone does not say how they write themselves.
_TITLES = {"youtube": "YouTube", "tiktok": "TikTok", "linkedin": "LinkedIn"}


def site_of(platform: str) -> Site:
    """What is known of a platform. Raises KeyError for one that is not in the table."""
    found: Site = import_module(f"{SITES[platform]}.site").SITE
    return found


def sites() -> tuple[Site, ...]:
    """All platforms that can be pulled, in the order of the table."""
    return tuple(site_of(name) for name in SITES)


def title_of(platform: str) -> str:
    """How a platform writes its own name; for those that are only imported, a guess."""
    return site_of(platform).title if platform in SITES else _TITLES.get(platform, platform.capitalize())


def edits_for(platform: str) -> timedelta | None:
    """How long after publishing a post can change there; None is for ever, or where nobody has said it."""
    return site_of(platform).edits_for if platform in SITES else None


def shown_handle(platform: str, handle: str) -> str:
    """``@handle``, ``u/handle``: as people read it there."""
    return site_of(platform).handles.show(handle) if platform in SITES else f"@{handle}"
