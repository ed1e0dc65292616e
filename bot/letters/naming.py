"""How mails name platforms, accounts and handles."""

from __future__ import annotations

from bot.connectors import shown_handle, title_of
from bot.letters.untrusted import name
from bot.words import say
from policies.model.post import Post


def platform(slug: str) -> str:
    """The platform's name as people write it."""
    return name(title_of(slug), 30)


def account(platform_slug: str, handle: str) -> str:
    """``@handle on X``, ``u/handle on Reddit``."""
    return say("account", handle=handle_on(platform_slug, handle), platform=platform(platform_slug))


def handle_on(platform_slug: str, handle: str) -> str:
    """``@handle``, ``u/handle``: as the platform writes it."""
    return shown_handle(platform_slug, handle)


def client(post: Post) -> str:
    """Who wrote to the business, as their platform writes them; some platforms give no more than a number."""
    if post.author.isdecimal():
        return say("client.someone", platform=platform(post.key.platform))
    return handle_on(post.key.platform, name(post.author))
