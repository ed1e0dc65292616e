"""Rules that find what is ordinary for a business: a vet who writes of death, a brewery, a political caterer."""

from __future__ import annotations

from datetime import datetime, timedelta

from policies.rulebook import RuleBook
from policies.verdicts import floods
from storage.store import Subjects

WINDOW = timedelta(days=14)  #: of posts that are looked at


def new_floods(
    store: Subjects, rulebook: RuleBook, brand: str, since: datetime, until: datetime
) -> tuple[tuple[str, int, int], ...]:
    """(title of the rule, posts that it found, posts) of rules that have come to find so much between two UTC times."""
    before = _floods(store, brand, since)
    return tuple(
        (loaded.rule.title, found, posts)
        for rule, (found, posts) in _floods(store, brand, until).items()
        if rule not in before and (loaded := rulebook.rule(rule))
    )


def _floods(store: Subjects, brand: str, at: datetime) -> dict[str, tuple[int, int]]:
    posts, found = store.periods.found_by_rule(brand, since=at - WINDOW, until=at)
    return {rule: (found[rule], posts) for rule in floods(found, posts)}
