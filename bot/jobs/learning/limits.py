"""Moves the limits of a brand's topics by its owner's verdicts: once a day, by all that was decided before midnight.

What comes out follows from the verdicts alone, so a run that is repeated, or was killed, changes nothing more. Limits
that a person has set, or come back to, are where the machine begins again: only later verdicts count then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time

import structlog

from bot.jobs.times import slot_instant
from bot.jobs.work import Work
from policies.model.limits import TopicLimits
from policies.rulebook import RuleBook
from policies.topics import Decided, Move, learned, shipped
from policies.verdicts import topics_of_rules
from storage.limits import KeptLimits, LimitsChange
from storage.store import Subjects

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What bears on the limits of a brand."""

    shipped: Mapping[str, TopicLimits]  #: the program's own
    newest: Mapping[str, KeptLimits]  #: what was kept last of each topic
    set_by_people: Mapping[str, KeptLimits]  #: the same without what was learnt
    decided: tuple[Decided, ...]

    def start(self, topic: str) -> TopicLimits:
        """Where the machine begins."""
        return self._held(self.set_by_people.get(topic), topic)

    def in_force(self, topic: str) -> TopicLimits:
        """By what the topic is judged now."""
        return self._held(self.newest.get(topic), topic)

    def _held(self, kept: KeptLimits | None, topic: str) -> TopicLimits:
        own = kept.change.limits if kept and not kept.change.shipped else self.shipped[topic]
        return own.within(self.shipped[topic])


def move_limits(work: Work, brand: str, now: datetime) -> None:
    """Bring a brand's limits up to date with what its owner decided before today."""
    local = now.astimezone(work.brands[brand].zone)
    midnight = slot_instant(local.date(), time(0), work.brands[brand].zone)
    rulebook = work.engines[brand].rulebook
    changes = changes_of(known(work.store, rulebook, brand, midnight), titles(rulebook))
    if changes:
        work.store.limits.change(brand, changes, now=now)
        log.info("limits moved", brand=brand, topics=sorted(changes))


def known(store: Subjects, rulebook: RuleBook, brand: str, until: datetime) -> Known:
    """What bears on the limits of a brand, with the verdicts before a UTC time."""
    topics = topics_of_rules(rulebook)
    by_people = store.limits.newest(brand, by_people=True)

    def verdicts() -> Iterator[Decided]:
        for one in store.verdicts.on_findings(brand, until=until):
            topic = topics.get(one.rule)
            since = by_people.get(topic) if topic else None
            if topic and one.score is not None and (since is None or one.at >= since.made_at):
                yield Decided(topic=topic, chance=one.score, right=one.right, words=one.matched)

    return Known(
        shipped=shipped().limits_by_topic,
        newest=store.limits.newest(brand),
        set_by_people=by_people,
        decided=tuple(verdicts()),
    )


def changes_of(given: Known, names: Mapping[str, str]) -> dict[str, LimitsChange]:
    """What is to be kept, by topic; ``names`` are what people call the topics. Nothing that is in force already."""
    starts = {topic: given.start(topic) for topic in given.shipped}
    moves = learned(given.shipped, given.decided, starts)
    wanted = {topic: _moved(move, names) for topic, move in moves.items()}
    wanted |= {
        topic: _returned(given, topic, names)
        for topic, kept in given.newest.items()
        if topic in starts and topic not in moves and kept.by_machine
    }
    return {topic: change for topic, change in wanted.items() if change.limits.differs(given.in_force(topic))}


def _moved(move: Move, names: Mapping[str, str]) -> LimitsChange:
    return LimitsChange(limits=move.after, code=move.effect.value, parts=counted(move, names))


def counted(move: Move, names: Mapping[str, str]) -> dict[str, str | int]:
    """What is said of a move."""
    counts = {"right": move.right, "wrong": move.wrong, "total": move.right + move.wrong}
    return {"title": names.get(move.topic, move.topic), **counts}


def _returned(given: Known, topic: str, names: Mapping[str, str]) -> LimitsChange:
    """Verdicts were taken back, or contradicted: what was learnt from them goes."""
    kept = given.set_by_people.get(topic)
    return LimitsChange(
        limits=given.start(topic),
        code="returned",
        parts={"title": names.get(topic, topic)},
        shipped=kept is None or kept.change.shipped,
    )


def titles(rulebook: RuleBook) -> dict[str, str]:
    """What people call the topics that heads know: the title of the first rule that looks for each."""
    found: dict[str, str] = {}
    for rule, topic in topics_of_rules(rulebook).items():
        loaded = rulebook.rule(rule)
        if loaded:
            found.setdefault(topic, loaded.rule.title)
    return found
