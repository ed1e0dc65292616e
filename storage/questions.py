"""Questions to the owner: asked where there is room, in one transaction, and what of findings nobody says."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from policies.model.cases.flagged import FLAGGED, FlaggedAction, FlaggedState
from policies.model.post import Direction
from policies.questions import MONTH, Doubt, QuestionPlan, asking
from storage.case_steps import take_all
from storage.case_views import views_of_cases
from storage.database import Mode, Part, require_brand
from storage.schema import case_events, cases, posts
from storage.views import CaseView

_ACTIONS = {"ask": FlaggedAction.ASK_OWNER, "lapse": FlaggedAction.LAPSE}


class Questions(Part):
    """What the owner is asked of what the rules think likely."""

    def ask(self, brand: str, *, today: datetime, now: datetime) -> QuestionPlan:
        """Ask what there is room for, the likeliest first, and let go what has waited too long; what was done.

        ``today``: UTC time at which the brand's local day began. Asked again it finds no more room.
        """
        with self._db.write(Mode.PROMISED) as conn:
            require_brand(conn, brand)
            held = {row.id: row for row in conn.execute(_in_state(brand, FlaggedState.HELD))}
            if not held:
                return QuestionPlan()
            plan = asking(
                [_doubt(view) for view in views_of_cases(conn, list(held.values()))],
                asked=_asked(conn, brand, now),
                posts=_published(conn, brand, now),
                today=today,
                now=now,
            )
            for name, action in _ACTIONS.items():
                take_all(conn, [held[number] for number in getattr(plan, name)], action, now)
        return plan


def _in_state(brand: str, state: FlaggedState) -> sa.Select[tuple[object, ...]]:
    here = (cases.c.brand == brand, cases.c.kind == FLAGGED.name, cases.c.state == state.value)
    return sa.select(cases).where(*here).order_by(cases.c.id)


def _doubt(view: CaseView) -> Doubt:
    likeliest = max((one.finding.score or 0.0 for one in view.in_doubt), default=0.0)
    return Doubt(case=view.case.id, chance=likeliest, since=view.case.updated_at)


def _asked(conn: Connection, brand: str, now: datetime) -> list[datetime]:
    steps = sa.select(case_events.c.at).join(cases, cases.c.id == case_events.c.case_id)
    lately = (case_events.c.action == FlaggedAction.ASK_OWNER.value, case_events.c.at > now - MONTH)
    return list(conn.scalars(steps.where(cases.c.brand == brand, *lately)))


def _published(conn: Connection, brand: str, now: datetime) -> int:
    of_month = (posts.c.created_at > now - MONTH, posts.c.created_at <= now)
    outbound = (posts.c.brand == brand, posts.c.direction == Direction.OUTBOUND.value)
    return conn.scalar(sa.select(sa.func.count()).select_from(posts).where(*outbound, *of_month)) or 0
