"""What an owner's verdicts make of the limits from which topics are asked about and said at her brand.

Where a fault is rarer or more common than where the heads learnt, the log odds of each chance are off by one constant
(Saerens, Latinne and Decaestecker 2002). So one number is learnt for each topic: how far the verdicts lie from the
chances that they were given on. It is Platt's fit (1999) of the offset alone, at its most likely value under a normal
prior around the limits in force. The prior weighs as much as sixteen verdicts on what is as likely as not, so three
verdicts move little and thirty much. Limits move by that offset: what was said at the old limit is then said with the
same right. Where a topic is mostly wrong here (`policies.shares`), it is said only once it is more likely right than
wrong.

The bounds are those of `policies.model.limits`. The same words judged both ways say nothing, and fewer than `FEWEST`
verdicts move nothing. Danger, threats and leaked numbers are no topics and are never touched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import fsum

from policies.model.limits import TopicLimits, chance_of, odds_of
from policies.shares import mostly_wrong

#: Fewest verdicts on a topic that move its limits.
FEWEST = 3
#: Standard deviation of the offset between brands, log odds: as precise as sixteen verdicts at even odds would be.
SPREAD = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a person said of one post and topic."""

    topic: str
    chance: float  #: calibrated chance that the post was given
    right: bool  #: whether the post does it
    words: str = ""  #: what it was about, to see contradictions; empty is like nothing else


class Effect(StrEnum):
    """What a move of limits means to the owner."""

    ASKED = "asked"  #: what was said wrongly is asked, no longer said
    RARER = "rarer"  #: it takes more than before
    OFTENER = "oftener"  #: less than before is enough


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What verdicts make of one topic's limits."""

    topic: str
    before: TopicLimits  #: what the verdicts were counted from
    after: TopicLimits
    right: int  #: verdicts that counted, by what they say
    wrong: int
    effect: Effect


def learned(
    shipped: Mapping[str, TopicLimits],
    decided: Iterable[Decided],
    since: Mapping[str, TopicLimits] | None = None,
) -> dict[str, Move]:
    """How a brand's limits move by the owner's verdicts, by topic; without topics whose limits stay.

    ``since`` has the limits by topic that a person has set, and that only later verdicts are counted against.
    """
    by_topic: dict[str, list[Decided]] = defaultdict(list)
    for one in decided:
        by_topic[one.topic].append(one)
    moves = {}
    for topic in sorted(by_topic.keys() & shipped.keys()):
        start = (since or {}).get(topic, shipped[topic]).within(shipped[topic])
        if move := _move(topic, shipped[topic], start, agreed(by_topic[topic])):
            moves[topic] = move
    return moves


def agreed(decided: Sequence[Decided]) -> list[Decided]:
    """The verdicts without those on words that were judged both ways."""
    said: dict[str, set[bool]] = defaultdict(set)
    for one in decided:
        said[one.words].add(one.right)
    return [one for one in decided if not one.words or len(said[one.words]) == 1]


def _move(topic: str, shipped: TopicLimits, start: TopicLimits, decided: Sequence[Decided]) -> Move | None:
    if len(decided) < FEWEST:
        return None
    known = odds_of(shipped.asked) - odds_of(start.asked)  # what the limits in force have taken into account
    offset = _offset([(odds_of(one.chance) + known, one.right) for one in decided])
    after = start.shifted(-offset)
    said = [one for one in decided if one.chance >= start.said]
    wrong = [one for one in said if not one.right]
    cries_wolf = mostly_wrong(len(said) - len(wrong), len(wrong))
    if cries_wolf:
        after = TopicLimits(asked=after.asked, said=max(after.said, chance_of(-offset - known)))
    after = after.within(shipped)
    if not after.differs(start):
        return None
    quiet = cries_wolf and not any(one.chance >= after.said for one in wrong)
    rights = sum(one.right for one in decided)
    return Move(
        topic=topic,
        before=start,
        after=after,
        right=rights,
        wrong=len(decided) - rights,
        effect=Effect.ASKED if quiet else Effect.RARER if after.said > start.said else Effect.OFTENER,
    )


def _offset(seen: Sequence[tuple[float, bool]]) -> float:
    """The most likely offset, given (log odds, whether it was right): halving finds where the falling slope is 0."""
    low, high = -20.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        slope = fsum(right - chance_of(odds + middle) for odds, right in seen) - middle / SPREAD**2
        low, high = (middle, high) if slope > 0 else (low, middle)
    return (low + high) / 2
