"""Limits of topics, brand by brand: each change is a line that stays, the newest of a topic counts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from policies.model.limits import TopicLimits
from storage import audit
from storage.database import MACHINE, Mode, Part, require_brand
from storage.schema import topic_limits


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsChange:
    """What the limits of a topic become, and why."""

    limits: TopicLimits
    code: str  #: names the sentence that says why
    parts: Mapping[str, str | int] = field(default_factory=dict)  #: what the sentence is filled in with
    shipped: bool = False  #: whether the program's own count again, whatever they are then


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLimits:
    """Limits of a topic as they were kept."""

    id: int  #: number in the store
    topic: str
    change: LimitsChange
    made_at: datetime  #: UTC
    made_by: str  #: person id, ``machine`` or ``operator``

    @property
    def by_machine(self) -> bool:
        """Whether they were learnt, rather than set by somebody."""
        return self.made_by == MACHINE


class KnownLimits(Part):
    """From which chances topics are asked about and said at a brand."""

    def in_force(self, brand: str) -> dict[str, TopicLimits]:
        """The brand's own limits by topic; without topics for which the program's own count."""
        newest = self.newest(brand)
        return {topic: one.change.limits for topic, one in newest.items() if not one.change.shipped}

    def newest(self, brand: str, *, by_people: bool = False) -> dict[str, KeptLimits]:
        """What was kept last of each topic; ``by_people`` leaves out what was learnt."""
        kept = [one for one in self.history(brand) if not (by_people and one.by_machine)]
        return {one.topic: one for one in reversed(kept)}

    def history(
        self, brand: str, *, since: datetime | None = None, until: datetime | None = None
    ) -> list[KeptLimits]:
        """All that was kept, the newest first; from ``since`` (UTC, included) until ``until`` (UTC, not included)."""
        query = sa.select(topic_limits).where(topic_limits.c.brand == brand)
        if since is not None:
            query = query.where(topic_limits.c.made_at >= since)
        if until is not None:
            query = query.where(topic_limits.c.made_at < until)
        return [_kept(row) for row in self._db.rows(query.order_by(topic_limits.c.id.desc()))]

    def change(
        self, brand: str, changes: Mapping[str, LimitsChange], *, actor: str = MACHINE, now: datetime
    ) -> None:
        """Keep new limits by topic, with a line of the audit log for each. Raises `UnknownBrand`."""
        with self._db.write(Mode.PROMISED) as conn:
            require_brand(conn, brand)
            for topic, change in sorted(changes.items()):
                _put(conn, brand, topic, change, actor, now)

    def undo(self, brand: str, number: int, *, shipped: TopicLimits, actor: str, now: datetime) -> bool:
        """Let count again what counted before; False where it is not the newest of its topic.

        ``shipped`` are the program's own limits of the topic, for where nothing else was before.
        """
        with self._db.write(Mode.PROMISED) as conn:
            require_brand(conn, brand)
            here = topic_limits.c.brand == brand
            topic = conn.scalar(sa.select(topic_limits.c.topic).where(here, topic_limits.c.id == number))
            of = sa.select(topic_limits).where(here, topic_limits.c.topic == topic)
            last = [_kept(row) for row in conn.execute(of.order_by(topic_limits.c.id.desc()).limit(2))]
            if not last or last[0].id != number:
                return False
            before = last[1].change if len(last) > 1 else None
            change = LimitsChange(
                limits=before.limits if before and not before.shipped else shipped,
                code="undone",
                parts={**last[0].change.parts, "of": number},
                shipped=before is None or before.shipped,
            )
            _put(conn, brand, last[0].topic, change, actor, now)
            return True


def _put(conn: Connection, brand: str, topic: str, change: LimitsChange, actor: str, now: datetime) -> None:
    reason = {"code": change.code, "parts": dict(change.parts), "shipped": change.shipped}
    row = {
        "brand": brand,
        "topic": topic,
        "asked": change.limits.asked,
        "said": change.limits.said,
        "made_at": now,
        "made_by": actor,
        "reason": json.dumps(reason, ensure_ascii=False, sort_keys=True),
    }
    conn.execute(sa.insert(topic_limits).values(row))
    detail = {"asked": change.limits.asked, "said": change.limits.said, **reason}
    line = audit.Line(actor=actor, action="limits changed", subject=f"{brand}/topic/{topic}", detail=detail)
    audit.append(conn, [line], now=now)


def _kept(row: sa.Row[Any]) -> KeptLimits:
    reason = json.loads(row.reason)
    return KeptLimits(
        id=row.id,
        topic=row.topic,
        change=LimitsChange(
            limits=TopicLimits(asked=row.asked, said=row.said),
            code=reason["code"],
            parts=reason["parts"],
            shipped=reason["shipped"],
        ),
        made_at=row.made_at,
        made_by=row.made_by,
    )
