"""What rules and texts must know of platforms by name. All else of a platform stands in its folder under connectors."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

#: Platforms that a rule may name. A connector that comes adds its own.
PLATFORMS = frozenset(
    {
        *("x", "reddit", "facebook", "instagram", "threads", "linkedin", "youtube", "google"),
        *("mastodon", "bluesky", "tiktok", "rss", "mail", "draft"),
    }
)
#: Those of them whose texts are Markdown.
MARKDOWN = frozenset({"reddit"})
#: Those that forbid to say who stands behind an account (redditinc.com, developer terms).
ANONYMOUS = frozenset({"reddit"})
#: Those whose terms demand that others' words go where they deleted them (developer.x.com, developer policy, III.
#: redditinc.com, developer terms, 4): the fact and its date stay, and nobody is shown the words.
FORGETTING = frozenset({"x", "reddit"})
#: When each platform began, UTC; nothing was published there before.
BEGUN: Mapping[str, datetime] = {
    "x": datetime(2006, 3, 21, tzinfo=UTC),
    "reddit": datetime(2005, 6, 1, tzinfo=UTC),
    "facebook": datetime(2004, 2, 1, tzinfo=UTC),
    "youtube": datetime(2005, 4, 1, tzinfo=UTC),
    "instagram": datetime(2010, 7, 1, tzinfo=UTC),
    "mastodon": datetime(2016, 3, 1, tzinfo=UTC),
}
