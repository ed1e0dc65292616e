"""Items that a platform sent in a shape that we could not read: their ids stay in the cursor, and are asked for again.

A few pulls long, since what is odd today is often a fault of the platform's that it mends; then it is said that they
were not read for good.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

TRIES = 3  #: how often each is asked for again
MOST = 100  #: ids remembered for one list; of more, the newest


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAgain:
    """What asking again led to."""

    unread: Mapping[str, int]  #: what is still to be asked for -> tries so far
    given_up: tuple[str, ...]  #: what was asked for as often as we ask


def noted(unread: Mapping[str, int], found: Iterable[str]) -> dict[str, int]:
    """The ids to ask for again, with those that were found just now."""
    known = {**unread, **{name: unread.get(name, 0) for name in found}}
    return dict(list(known.items())[-MOST:])


def asked(unread: Mapping[str, int], names: Collection[str], still: Collection[str]) -> AskedAgain:
    """The ids to ask for once more after ``names`` were, of which ``still`` could not be read."""
    tried = {name: unread[name] + 1 for name in names if name in still}
    left = {name: tries for name, tries in unread.items() if name not in names}
    return AskedAgain(
        unread={**left, **{name: tries for name, tries in tried.items() if tries < TRIES}},
        given_up=tuple(name for name, tries in tried.items() if tries >= TRIES),
    )
