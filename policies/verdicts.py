"""What the owner's verdicts say of the rules: how often each is right, and which one cries wolf."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from policies.model.finding import Severity
from policies.rulebook import RuleBook
from policies.rules import Status

#: Standard deviations of the normal distribution that hold 95 of 100.
Z95 = 1.959964
#: Fewest verdicts before anything is proposed.
ENOUGH = 8
#: A rule that is right less often than this, even at best, cries wolf.
TOO_LOW = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """How often a rule was right."""

    rule: str
    right: int  #: findings that the owner upheld or accepted as rightly found
    wrong: int  #: findings that the owner called false alarms
    low: float  #: lower end of the 95 % interval
    high: float  #: upper end of the 95 % interval

    @property
    def share(self) -> float:
        """Share of findings that were right."""
        return self.right / (self.right + self.wrong)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What the owner may want to do with a rule that cries wolf."""

    rule: str
    severity: Severity | None  #: one step down; None where it should go on trial instead
    reason: str


def wilson(right: int, total: int, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval for a share (Wilson 1927); (0, 1) where nothing was counted."""
    if total == 0:
        return 0.0, 1.0
    share, spread = right / total, z * z / total
    centre = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(share * (1 - share) / total + spread / (4 * total))
    return max(0.0, centre - half), min(1.0, centre + half)


def precision(verdicts: Iterable[tuple[str, bool]]) -> list[Precision]:
    """How often each rule was right, from (rule id, was it right), least certain to be right first."""
    counts: dict[str, list[int]] = {}
    for rule, right in verdicts:
        counts.setdefault(rule, [0, 0])[0 if right else 1] += 1
    found = [_precision(rule, right, wrong) for rule, (right, wrong) in counts.items()]
    return sorted(found, key=lambda p: (p.low, p.rule))


def _precision(rule: str, right: int, wrong: int) -> Precision:
    low, high = wilson(right, right + wrong)
    return Precision(rule=rule, right=right, wrong=wrong, low=low, high=high)


def proposals(precisions: Iterable[Precision], rulebook: RuleBook) -> list[Proposal]:
    """A step down for each live rule that is wrong more often than right, even at best."""
    found = []
    for measured in precisions:
        loaded = rulebook.rule(measured.rule)
        if loaded is None or loaded.rule.status is not Status.LIVE:
            continue
        if measured.right + measured.wrong >= ENOUGH and measured.high < TOO_LOW:
            steps = list(Severity)
            rank = loaded.rule.severity.rank
            total = measured.right + measured.wrong
            reason = f"{measured.wrong} of its last {total} findings were false alarms."
            lower = steps[rank - 1] if rank else None
            found.append(Proposal(rule=measured.rule, severity=lower, reason=reason))
    return found
