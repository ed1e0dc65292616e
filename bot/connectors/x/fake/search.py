"""X's recent search: the operators that the product uses, read as X reads them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeAlias

from bot.connectors.loopback.world import Item, Version
from bot.connectors.x.fake.payload import served_text, stamp
from bot.connectors.x.fake.query import BadQuery, Window

RECENT = timedelta(days=7)
"""How far back recent search goes (X's documentation)."""

Found: TypeAlias = tuple[Item, Version]


def require_recent(asked: Window, now: datetime) -> None:
    """Raise BadQuery for a start_time older than X searches."""
    if asked.start is not None and asked.start < now - RECENT:
        text = f"Invalid 'start_time':'{stamp(asked.start)}'. 'start_time' must be on or after {stamp(now - RECENT)}."
        raise BadQuery("start_time", stamp(asked.start), text)


def matcher(query: str) -> Callable[[Found], bool]:
    """Read a search query: operators and words, all of which must hold; -is:retweet and the like are ignored."""
    if not query.strip():
        raise BadQuery("query", query, "Missing or empty `query`")
    tests = [_term(term) for term in query.split()]
    return lambda found: all(test(found) for test in tests)


def _term(term: str) -> Callable[[Found], bool]:
    operator, _, value = term.partition(":")
    value = value.lstrip("@").lower()
    match operator:
        case "conversation_id":
            return lambda f: f[0].root.first.id == value
        case "from":
            return lambda f: f[0].author.handle.lower() == value
        case "to":
            return lambda f: f[0].parent is not None and f[0].parent.author.handle.lower() == value
        case "-is" | "-has":
            return lambda _: True
        case "-from":
            return lambda f: f[0].author.handle.lower() != value
        case "is" if value in ("reply", "quote"):
            return lambda f: (f[0].parent if value == "reply" else f[0].quoted) is not None
    return lambda f: term.strip('"').lower() in served_text(*f).lower()
