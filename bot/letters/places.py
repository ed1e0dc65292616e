"""Where a post stands: who wrote it and when, and the way to it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.letters import naming
from bot.letters.model import Button
from bot.letters.untrusted import name, web_address
from bot.words import figures, say
from policies.model.post import Post
from policies.served import is_withdrawn


def byline(post: Post, zone: ZoneInfo) -> str:
    """Who wrote it, where, and when."""
    when = dated(post, zone)
    if post.author.isdecimal():
        told = say("entry.byline", who=naming.client(post), when=when)
    else:
        told = say("entry.byline", who=naming.account(post.key.platform, name(post.author)), when=when)
    if post.deleted_at:
        return say("entry.deleted", byline=told)
    return say("entry.edited", byline=told) if post.edited_at else told


def dated(post: Post, zone: ZoneInfo) -> str:
    """When it was published; where its platform names a time that cannot be, when we saw it, and what was told."""
    seen = figures.moment(post.created_at, zone)
    if post.told_at is None:
        return seen
    platform = naming.platform(post.key.platform)
    return say("entry.told", when=seen, platform=platform, told=name(post.told_at, 40))


def words_of(post: Post) -> str:
    """What a post says; of words that others took back and that must go with it, that and when."""
    if post.deleted_at is None or not is_withdrawn(post):
        return post.text
    return say("post.withdrawn", date=figures.long_date(post.deleted_at.date()), year=post.deleted_at.year)


def see_post(post: Post) -> tuple[Button, ...]:
    """A link to the post itself, where it still stands and has a safe address."""
    address = web_address(post.permalink)
    if not address or post.deleted_at:
        return ()
    return (Button(label=say("entry.open", platform=naming.platform(post.key.platform)), url=address),)
