"""Reddit's comment trees: how much of one is served, and what the stubs for the rest hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.connectors.loopback.world import Item
from bot.connectors.reddit.fake.payload import Json, depth, listing, more, thing

MAX_COMMENTS = 500
"""Comments in one answer (Reddit's documentation of /comments; gold accounts get more)."""
MAX_DEPTH = 10
"""Levels in one answer; deeper ones hide behind "continue this thread" (seen in recorded trees)."""


@dataclass(kw_only=True, slots=True)
class TreeWriter:
    """Writes comments with their answers until the budget is used up.

    now: the moment shown. budget: comments that may still be written. floor: depth served down to, exclusive.
    """

    now: datetime
    budget: int
    floor: int

    def forest(self, parent: Item) -> Json:
        """The answers to `parent`, each with its own answers, and a stub for those left out."""
        shown = answers(parent, self.now)
        if shown and depth(parent) + 1 >= self.floor:
            return listing([more(parent, [], 0)])
        things: list[Json] = []
        while shown and self.budget > 0:
            things.append(self.tree(shown.pop(0)))
        if shown:
            things.append(more(parent, shown, sum(size(child, self.now) for child in shown)))
        return listing(things)

    def tree(self, item: Item) -> Json:
        """One comment with its answers."""
        self.budget -= 1
        below = self.forest(item) if answers(item, self.now) else ""
        return thing(item, self.now, replies=below)


def answers(parent: Item, now: datetime) -> list[Item]:
    """The answers that a reader sees: deleted and removed ones only as stumps that carry others."""
    return [c for c in parent.children if c.exists(now) and (c.visible(now) or answers(c, now))]


def size(item: Item, now: datetime) -> int:
    """Comments in a comment's tree, itself included."""
    return 1 + sum(size(child, now) for child in answers(item, now))


def flat(roots: list[Item], now: datetime, limit: int) -> list[Json]:
    """What /api/morechildren answers: up to `limit` comments in reading order, and a stub for each rest."""
    things: list[Json] = []
    for item in roots:
        if len(things) >= limit:
            rest = roots[roots.index(item) :]
            things.append(more(item.parent or item.root, rest, sum(size(left, now) for left in rest)))
            break
        things.append(thing(item, now))
        things.extend(flat(answers(item, now), now, limit - len(things)) if answers(item, now) else [])
    return things
