"""What counts prove of a share: intervals, and when a rule is mostly wrong."""

from __future__ import annotations

import math

#: Standard deviations of the normal distribution that hold 95 of 100.
Z95 = 1.959964
#: Standard deviations below which 95 of 100 lie, where only one end counts.
Z95_ONE_END = 1.644854
#: Fewest verdicts before anything is proposed.
ENOUGH = 8
#: A rule that is surely right less often than this cries wolf.
TOO_LOW = 0.5


def wilson(right: int, total: int, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval for a share (Wilson 1927); (0, 1) where nothing was counted."""
    if total == 0:
        return 0.0, 1.0
    share, spread = right / total, z * z / total
    centre = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(share * (1 - share) / total + spread / (4 * total))
    return max(0.0, centre - half), min(1.0, centre + half)


def mostly_wrong(right: int, wrong: int) -> bool:
    """Whether so many verdicts show that a rule is wrong more often than right here, with 95 % certainty."""
    return right + wrong >= ENOUGH and wilson(right, right + wrong, Z95_ONE_END)[1] < TOO_LOW


def upper95(hits: int, of: int) -> float:
    """Clopper and Pearson's upper bound (1934) of a share, one-sided at 95 %; 1 where nothing was counted.

    The share at which so few hits, or fewer, would come once in twenty times.
    """
    if hits >= of:
        return 1.0
    low, high = hits / of, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _at_most(hits, of, middle) > 0.05 else (low, middle)
    return high


def _at_most(hits: int, of: int, share: float) -> float:
    """Chance of at most so many hits, where each has this share (between 0 and 1)."""
    whole, yes, no = math.lgamma(of + 1), math.log(share), math.log1p(-share)
    ways = (
        whole - math.lgamma(n + 1) - math.lgamma(of - n + 1) + n * yes + (of - n) * no
        for n in range(hits + 1)
    )
    return math.fsum(map(math.exp, ways))
