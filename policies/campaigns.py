"""Campaigns: which one a post belongs to, by its day and by what it carries."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from policies.matching.fold import fold_word
from policies.matching.links import links
from policies.model.post import Post
from policies.served import as_read

_TAG = re.compile(r"(?<![\w&/])[#＃](\w+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """Something that the brand advertises for a while."""

    name: str  #: as rules name it under ``applies.campaign``
    hashtags: tuple[str, ...] = ()  #: one of them in the text tells it, with or without #
    links: tuple[str, ...] = ()  #: values of ``utm_campaign`` in a link that tell it
    sources: tuple[str, ...] = ()  #: posting tools that publish for it only
    since: date | None = None  #: first local date
    until: date | None = None  #: last local date

    def holds(self, post: Post, zone: ZoneInfo) -> bool:
        """Whether a post belongs to it: published on one of its days, and with one of its marks."""
        day = post.created_at.astimezone(zone).date()
        if (self.since and day < self.since) or (self.until and day > self.until):
            return False
        tags = {fold_word(tag.lstrip("#＃")) for tag in self.hashtags}
        return bool(
            tags & {fold_word(found[1]) for found in _TAG.finditer(as_read(post))}
            or set(self.links) & set(_utm_campaigns(post))
            or (post.source and post.source in self.sources)
        )


def campaign_of(post: Post, campaigns: Iterable[Campaign], zone: ZoneInfo) -> str | None:
    """The name of the first campaign that a post belongs to; None where it belongs to none."""
    return next((campaign.name for campaign in campaigns if campaign.holds(post, zone)), None)


def _utm_campaigns(post: Post) -> Iterable[str]:
    """What the post's links say of themselves (https://support.google.com/analytics/answer/10917952)."""
    attached = [item.url for item in post.media if item.kind == "link" and item.url]
    for address in [*(link.written for link in links(as_read(post))), *attached]:
        query = urlsplit(address).query
        yield from (value for name, value in parse_qsl(query) if name == "utm_campaign")
