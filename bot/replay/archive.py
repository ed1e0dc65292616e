"""An archive as a platform that time passes over: posts, edits and deletions, each from its moment on."""

from __future__ import annotations

import statistics
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import attrgetter

from policies.import_format import PostLine
from policies.model.keys import AccountKey, PostKey
from policies.model.post import Post

#: From the first change to the last. Most archives of more years have a date that is wrong.
LONGEST = timedelta(days=3 * 366)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveEvent:
    """Something that was to be seen from a moment on."""

    at: datetime  #: UTC
    post: Post  #: as it stood from then on; ``deleted_at`` only where it was gone


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """All that happened, oldest first, whatever the order of the lines."""

    changes: tuple[ArchiveEvent, ...]
    left_out: tuple[tuple[int, str], ...] = ()  #: numbers of lines that tell nothing, with the reason

    @property
    def posts(self) -> int:
        """How many posts there are."""
        return len({change.post.key for change in self.changes})

    def by_account(self) -> Mapping[AccountKey, tuple[ArchiveEvent, ...]]:
        """The changes of each account, oldest first; the account that spoke first comes first."""
        found: dict[AccountKey, list[ArchiveEvent]] = defaultdict(list)
        for change in self.changes:
            found[change.post.key.account_key].append(change)
        return {key: tuple(changes) for key, changes in found.items()}


def archive_of(lines: Iterable[PostLine]) -> Archive:
    """What the lines of a file say, in the order in which it happened.

    A later line of the same post is an edit where it has another ``edited_at``. Which of them stands first in the file
    does not matter. A line that cannot be read, that says another text of the same moment, or whose time lies years
    from that of the others, is left out.
    """
    by_post: dict[PostKey, list[tuple[int, Post]]] = defaultdict(list)
    lines = list(lines)
    middle = _middle([line.post.created_at for line in lines if line.post])
    left_out = []
    for line in lines:
        problem = line.problem if line.post is None else _far(line.post, middle)
        if line.post is None or problem:
            left_out.append((line.number, problem))
        else:
            by_post[line.post.key].append((line.number, line.post))
    changes: list[ArchiveEvent] = []
    for versions in by_post.values():
        distinct, twins = _apart(versions)
        changes += _history(distinct)
        left_out += twins
    return Archive(changes=tuple(sorted(changes, key=attrgetter("at"))), left_out=tuple(sorted(left_out)))


def _middle(times: Sequence[datetime]) -> datetime | None:
    return statistics.median_low(times) if times else None


def _far(post: Post, middle: datetime | None) -> str:
    """Why a post cannot be lived up to: its time would take the clock through years in which nothing happened."""
    for name, at in (
        ("created_at", post.created_at),
        ("edited_at", post.edited_at),
        ("deleted_at", post.deleted_at),
    ):
        if middle and at and abs(at - middle) > LONGEST:
            return f"{name} is {at:%Y-%m-%d}, years from the other posts"
    return ""


def _apart(versions: Sequence[tuple[int, Post]]) -> tuple[list[Post], list[tuple[int, str]]]:
    """One version for each moment, oldest first, and the lines that contradict one of them."""
    kept: dict[datetime, Post] = {}
    twins = []
    for number, post in sorted(versions, key=lambda line: line[1].deleted_at is not None):
        first = kept.setdefault(_seen_from(post), post)
        if post.deleted_at is not None:  # whatever text such a line repeats, it says that the post went
            kept[_seen_from(post)] = replace(first, deleted_at=post.deleted_at)
        elif first.text != post.text:
            twins.append((number, f"{post.key} has another text of the same time; an edit needs edited_at"))
    return [kept[at] for at in sorted(kept)], twins


def _seen_from(post: Post) -> datetime:
    """When a version began to stand. A post of which only the edit is known was not seen before that."""
    return max(post.created_at, post.edited_at or post.created_at)


def _history(versions: Sequence[Post]) -> Iterator[ArchiveEvent]:
    """A post's versions until it went, and its going."""
    ends = [post.deleted_at for post in versions if post.deleted_at is not None]
    gone = max(min(ends), _seen_from(versions[0])) if ends else None
    standing = [post for post in versions if gone is None or _seen_from(post) <= gone]
    for post in standing:
        yield ArchiveEvent(at=_seen_from(post), post=replace(post, deleted_at=None))
    if gone is not None:
        yield ArchiveEvent(at=gone, post=replace(standing[-1], deleted_at=gone))


def seen(changes: Sequence[ArchiveEvent], now: datetime) -> int:
    """How many of these changes, which are oldest first, were to be seen at a time."""
    return bisect_right(changes, now, key=attrgetter("at"))


def upcoming(changes: Sequence[ArchiveEvent], now: datetime) -> ArchiveEvent | None:
    """The first of these changes, which are oldest first, that was not to be seen yet."""
    place = seen(changes, now)
    return changes[place] if place < len(changes) else None
