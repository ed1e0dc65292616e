"""Several clients who are upset about one thing within an hour, where that is not usual.

A group is held against what is usual for it: how many clients complained about the same before. The nearer its words,
the rarer such complaints were, and the fewer clients make a crisis; three do where hardly anybody ever complained of
that, and where words are far apart, only a burst of complaints that the brand never has. A brand with much traffic
needs more.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from policies.vectors import Matrix

WINDOW = timedelta(hours=1)
USUAL = timedelta(days=28)  #: how far back what is usual is looked for
LASTS = timedelta(hours=6)  #: a crisis ends when nobody joined it for so long
FEWEST = 3  #: clients
#: How near words are that are about one thing, with the share of any two complaints that are as near by chance, and
#: the fewest clients; the last are near to nothing.
NEARNESS = ((0.45, 0.01, FEWEST), (0.35, 0.05, FEWEST), (0.25, 0.25, FEWEST), (-1.0, 1.0, FEWEST + 1))
#: Below this chance a group is no accident. A year has some thousand groups to look at.
UNUSUAL = 1e-5
HOURS_A_DAY = 12  #: in which people write
#: What is supposed of a brand of which nothing is known yet: two complaints in eight hours.
FIRST_COMPLAINTS, FIRST_HOURS = 2, 8
JOINS, JOINS_AT_ONCE = 0.45, 0.3  #: nearness to somebody in a crisis; within an hour of the last of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Upset:
    """One client who complains."""

    id: int  #: of the conversation
    client: str
    at: datetime  #: UTC of their newest message
    crisis: int | None = None  #: that they are part of already: the conversation with which it began


@dataclass(frozen=True, slots=True, kw_only=True)
class Crisis:
    """Several clients who are upset about one thing, with those who are new in it."""

    began: int  #: conversation with which it began
    joined: tuple[int, ...]  #: conversations that are part of it from now on, oldest first


def crises(
    upset: Sequence[Upset], vectors: Matrix, *, since: datetime, watched_since: datetime
) -> list[Crisis]:
    """Crises that began or grew at or after ``since``.

    ``upset`` are the complaints of the time that says what is usual, oldest first, with a vector of unit length for
    each. ``watched_since`` is since when the brand is watched.
    """
    near = vectors @ vectors.T
    part = [one.crisis for one in upset]
    joined: dict[int, list[int]] = {}
    for new, one in enumerate(upset):
        if one.at < since or part[new] is not None:
            continue
        number = _known(upset, part, near, new)
        group = [new] if number is not None else _unusual(upset, part, near, new, watched_since)
        if not group:
            continue
        if number is None:
            group = _with_neighbours(upset, part, near, group)
        began = number if number is not None else upset[group[0]].id
        for member in group:
            part[member] = began
        joined.setdefault(began, []).extend(upset[member].id for member in group)
    return [Crisis(began=began, joined=tuple(members)) for began, members in joined.items()]


def _known(upset: Sequence[Upset], part: Sequence[int | None], near: Matrix, new: int) -> int | None:
    """The crisis that a client joins, the nearest, where one goes on."""
    found = []
    for other in range(new):
        number, passed = part[other], upset[new].at - upset[other].at
        enough = JOINS if passed > WINDOW else _closeness(part, near, number)
        if number is not None and passed <= LASTS and near[new, other] >= enough:
            found.append((float(near[new, other]), number))
    return max(found)[1] if found else None


def _closeness(part: Sequence[int | None], near: Matrix, number: int | None) -> float:
    """How near somebody must be to join within the hour: not at all, where its clients say it in words of their own."""
    members = [n for n, of in enumerate(part) if of == number]
    pairs = near[np.ix_(members, members)][np.triu_indices(len(members), 1)]
    return JOINS_AT_ONCE if len(pairs) and float(np.median(pairs)) >= JOINS_AT_ONCE else -1.0


def _unusual(
    upset: Sequence[Upset], part: Sequence[int | None], near: Matrix, new: int, watched_since: datetime
) -> list[int]:
    """The clients of the last hour who with the newest are more than an accident; empty where they are not."""
    end = upset[new].at
    window = [n for n in range(new + 1) if end - upset[n].at <= WINDOW and part[n] is None]
    if _clients(upset, window) < FEWEST:
        return []
    before = [n for n in range(new) if WINDOW < end - upset[n].at <= USUAL]
    days = min(max(end - watched_since, timedelta()), USUAL) / timedelta(days=1)
    best: tuple[float, list[int]] = (UNUSUAL, [])
    for enough, by_chance, fewest in NEARNESS:
        for seed in window:
            group = [n for n in window if near[seed, n] >= enough]
            if new not in group or _clients(upset, group) < fewest:
                continue
            usual = _clients(upset, (n for n in before if near[seed, n] >= enough))
            rate = (usual + FIRST_COMPLAINTS * by_chance) / (HOURS_A_DAY * days + FIRST_HOURS)
            best = min(best, (chance(_clients(upset, group), rate), group))
    return best[1]


def _with_neighbours(
    upset: Sequence[Upset], part: Sequence[int | None], near: Matrix, group: Sequence[int]
) -> list[int]:
    """The group with whoever complained in the same hour of something like it."""
    newest = group[-1]
    window = (n for n in range(newest + 1) if upset[newest].at - upset[n].at <= WINDOW and part[n] is None)
    return [n for n in window if n in group or max(near[n, member] for member in group) >= JOINS_AT_ONCE]


def chance(count: int, rate: float) -> float:
    """How probable it is that at least so many come in an hour, where so many come on average."""
    if rate <= 0:
        return 0.0
    first = math.exp(count * math.log(rate) - rate - math.lgamma(count + 1))
    if count <= rate:
        return 1.0
    return min(first / (1 - rate / (count + 1)), 1.0)  # a geometric series above the rest


def _clients(upset: Sequence[Upset], which: Iterable[int]) -> int:
    return len({upset[n].client for n in which})


def by_words(texts: Sequence[str]) -> Matrix:
    """Vectors of texts by the words that few of them have; where there is no model of meaning."""
    said = [{word for word in text.casefold().split() if word.isalpha()} for text in texts]
    known = {word: place for place, word in enumerate(sorted(set().union(*said)))}
    found = np.zeros((len(texts), max(len(known), 1)), np.float32)
    for row, words in zip(found, said, strict=True):
        for word in words:
            row[known[word]] = 1
    rare = np.log((len(texts) + 1) / (found.sum(axis=0) + 0.5))
    weighted = (found * np.maximum(rare, 0)).astype(np.float32)
    lengths = np.linalg.norm(weighted, axis=1, keepdims=True)
    return weighted / np.where(lengths > 0, lengths, 1)  # type: ignore[no-any-return]
