"""From which margin a head asks, and from which it says: Neyman and Pearson's bound on false alarms.

The part of ordinary posts that any topic accuses, and the part that any topic asks about, are bounded on each kind of
ordinary post by itself: what companies publish, what agencies answer, what a small business says in a month. Within
those bounds as much is found as can be (Scott and Nowak 2005).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from training.topics.data import BRUSHED_OFF, TOPICS
from training.topics.logistic import fit

if TYPE_CHECKING:
    from training.topics.learn import Table

Rows = NDArray[np.float32]
#: Part of ordinary posts that may be accused, and accused or asked about, by source.
BOUNDS = {
    "brand": (0.009, 0.050),
    "care": (0.014, 0.055),
    "replies": (0.024, 0.068),
    "month": (0.037, 0.135),
    "pairs": (0.110, 0.230),  # near misses by design: of ordinary posts few are so near
}
#: What a fault of each source is worth where limits are chosen.
GAIN = {"month": 1.0, "pairs": 0.25}
#: Faults that a step looks ahead.
_AHEAD = 4
#: How evenly topics are found; 0 would not care.
EVEN = 2.0
#: Sources in which brush-offs are counted apart.
APART = ("care", "replies")


def limits(margins: Rows, given: Table) -> Rows:
    """(2, topics): from where a finding is asked, and from where it is said."""
    pools = {name: _ordinary(name, margins, given) for name in BOUNDS}
    gains = _gains(margins, given)
    said = _within(pools, 0, gains)
    asked = np.minimum(_within(pools, 1, gains), said)
    _tell(said, asked, pools, margins, given)
    return np.stack([asked, said]).astype(np.float32)


def _ordinary(source: str, margins: Rows, given: Table) -> Rows:
    rows = [
        n
        for n, s in enumerate(given.samples)
        if s.source == source and (s.plain or (source == "pairs" and not s.does))
    ]
    found = margins[rows].copy()
    if source in APART:
        found[:, BRUSHED_OFF] = -np.inf
    return found


def _within(pools: dict[str, Rows], which: int, gains: list[Rows]) -> Rows:
    """Limits within all bounds: each step takes the topic that finds most for what it uses up of the tightest bound."""
    found = np.full(len(TOPICS), np.inf)
    while True:
        steps = [step for topic in range(len(TOPICS)) for step in _steps(found, topic, gains[topic])]
        worth = [
            (_worth(pools, which, found, *step) * _wanted(found, step[0], gains), step) for step in steps
        ]
        best, (topic, limit, _) = max(worth, default=(-1.0, (0, 0.0, 0.0)), key=lambda one: one[0])
        if best <= 0:
            return found
        found[topic] = limit


def _steps(found: Rows, topic: int, gain: Rows) -> Iterator[tuple[int, float, float]]:
    """(topic, lower limit, weight of what is found more) for the next few faults below a limit."""
    below = gain[gain[:, 0] < found[topic]]
    for number in range(min(_AHEAD, len(below))):
        yield topic, float(below[number, 0]), float(below[: number + 1, 1].sum())


def _worth(pools: dict[str, Rows], which: int, found: Rows, topic: int, limit: float, gain: float) -> float:
    """What a step finds for what it uses up; negative where it breaks a bound."""
    lower = found.copy()
    lower[topic] = limit
    used = 0.0
    for name, pool in pools.items():
        bound = BOUNDS[name][which]
        now, then = ((pool >= at).any(axis=1).mean() for at in (found, lower))
        if then > bound:
            return -1.0
        used = max(used, float(then - now) / (bound - float(now) + 1e-6))
    return gain / (used + 1e-3)


def _wanted(found: Rows, topic: int, gains: list[Rows]) -> float:
    """How much more finding counts in a topic of which little is found so far: none shall be given up for another."""
    gain = gains[topic]
    part = gain[gain[:, 0] >= found[topic], 1].sum() / gain[:, 1].sum()
    return float(1.2 - part) ** EVEN


def _gains(margins: Rows, given: Table) -> list[Rows]:
    """For each topic the faults that nobody had seen, the clearest first: margin and weight."""
    found = []
    for topic in range(len(TOPICS)):
        rows = [
            (float(margins[n, topic]), GAIN[s.source])
            for n, s in enumerate(given.samples)
            if s.source in GAIN and given.truth[n, topic] > 0
        ]
        found.append(np.array(sorted(rows, reverse=True)))
    return found


def calibrated(margins: Rows, given: Table) -> Rows:
    """(2, topics): slope and offset from margins to log odds, on the months and real posts that were left out."""
    rows = [n for n, s in enumerate(given.samples) if s.source in ("month", "brand", "care")]
    found = np.zeros((2, len(TOPICS)), dtype=np.float32)
    for topic in range(len(TOPICS)):
        known = [row for row in rows if given.known[row, topic] and margins[row, topic] > -19]
        slope, _, offset = fit(
            margins[known, topic : topic + 1], None, given.truth[known, topic : topic + 1],
            np.ones((len(known), 1), dtype=np.float32), 1.0,
        )  # fmt: skip
        found[:, topic] = slope[0, 0], offset[0]
    return found


def _tell(said: Rows, asked: Rows, pools: dict[str, Rows], margins: Rows, given: Table) -> None:
    for name, pool in pools.items():
        accused, noticed = (pool >= said).any(axis=1), (pool >= asked).any(axis=1)
        low, high = interval(int(accused.sum()), len(pool))
        print(
            f"{name}: {len(pool)} ordinary, accused {accused.mean():.1%} ({low:.1%} to {high:.1%}), "
            f"asked {(noticed & ~accused).mean():.1%}"
        )
    for group in ("", *sorted({s.group for s in given.samples if s.source == "month"})):
        rows = [
            n
            for n, s in enumerate(given.samples)
            if s.source == "month" and s.does and group in ("", s.group)
        ]
        hit, sure = margins[rows] >= asked, margins[rows] >= said
        right = (hit & ((given.truth[rows] > 0) | ~given.known[rows])).any(axis=1)
        print(
            f"{group or 'all months'}: {len(rows)} faults, found {hit.any(axis=1).mean():.2f}, "
            f"under their topic {right.mean():.2f}, said {sure.any(axis=1).mean():.2f}"
        )
    for number, topic in enumerate(TOPICS):
        mine = [n for n, s in enumerate(given.samples) if s.source == "month" and given.truth[n, number] > 0]
        hit, sure = (float((margins[mine, number] >= at[number]).mean()) for at in (asked, said))
        part = f"{hit:.2f} asked, {sure:.2f} said"
        alarms = ", ".join(
            f"{name} {(pool[:, number] >= asked[number]).mean():.1%}" for name, pool in pools.items()
        )
        print(f"  {topic}: limits {asked[number]:.2f} {said[number]:.2f}; found {part}; false {alarms}")


def interval(hits: int, of: int) -> tuple[float, float]:
    """Wilson's interval at 95 % (1927)."""
    z, part = 1.96, hits / of
    middle = part + z * z / (2 * of)
    half = z * np.sqrt(part * (1 - part) / of + z * z / (4 * of * of))
    return float((middle - half) / (1 + z * z / of)), float((middle + half) / (1 + z * z / of))
