"""From which chance a topic is asked about, and said: limits of one brand, held within bounds around the shipped ones.

They are calibrated chances, no margins: a chance keeps its meaning when the heads are trained again.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass

#: How far limits may sink below the shipped ones, log odds.
STEP = 0.5
#: As likely as not: never asked about only above this, unless the shipped limits lie higher.
EVEN = 0.5
#: What is so likely is always said.
SURE = 0.98
#: Differences that are smaller are none, log odds.
SMALLEST = 0.1
_EDGE = 1e-4  #: no chance counts as nearer to 0 or 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicLimits:
    """Where one topic begins to be asked about, and to be said."""

    asked: float  #: calibrated chance, 0 to 1
    said: float  #: calibrated chance, 0 to 1; not below ``asked``

    def shifted(self, offset: float) -> TopicLimits:
        """The same with the log odds raised by an offset."""
        return TopicLimits(
            asked=chance_of(odds_of(self.asked) + offset), said=chance_of(odds_of(self.said) + offset)
        )

    def within(self, shipped: TopicLimits) -> TopicLimits:
        """The nearest that the bounds around the shipped limits allow.

        What is as likely as not, or what the program as shipped would say, is always at least asked.
        """
        lowest = shipped.shifted(-STEP)
        asked = min(max(self.asked, lowest.asked), max(shipped.said, EVEN))
        said = min(max(self.said, lowest.said, asked), max(shipped.said, SURE))
        return TopicLimits(asked=asked, said=said)

    def differs(self, other: TopicLimits) -> bool:
        """Whether the difference is worth a change."""
        pairs = ((self.asked, other.asked), (self.said, other.said))
        return any(abs(odds_of(one) - odds_of(two)) >= SMALLEST for one, two in pairs)


def held(shipped: Mapping[str, TopicLimits], own: Mapping[str, TopicLimits]) -> dict[str, TopicLimits]:
    """By what topics are judged: a brand's own limits within their bounds, elsewhere those that ship."""
    return {topic: own.get(topic, ours).within(ours) for topic, ours in shipped.items()}


def judged_by(rules: str, own: Mapping[str, TopicLimits]) -> str:
    """What judged a post: the version of the rules, with a name of the brand's own limits where it has some."""
    if not own:
        return rules
    text = ";".join(f"{topic}:{one.asked:.6f}:{one.said:.6f}" for topic, one in sorted(own.items()))
    return f"{rules}+limits.{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def odds_of(chance: float) -> float:
    """The log odds of a chance."""
    held = min(max(chance, _EDGE), 1 - _EDGE)
    return math.log(held / (1 - held))


def chance_of(odds: float) -> float:
    """The chance of log odds."""
    return 1 / (1 + math.exp(-odds))
