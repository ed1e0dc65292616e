"""What rules and texts must know of platforms by name. All else of a platform stands in its folder under connectors."""

from __future__ import annotations

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
