"""Asks the owner what the rules think likely, where there is room: right before a digest, which tells of it."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog

from bot.settings.brand import Brand
from policies.model.cases.flagged import FLAGGED, FlaggedAction, FlaggedState
from storage.store import Store, Subjects
from storage.views import CaseView

log = structlog.get_logger(__name__)
MOST = 60  #: questions that are read at once; two a day leave it far behind


def ask(store: Store, config: Brand, now: datetime) -> None:
    """Ask what there is room for. Of what waited since the last time the likeliest comes first."""
    local = now.astimezone(config.zone)
    today = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0).astimezone(UTC)
    plan = store.questions.ask(config.brand, today=today, now=now)
    if plan.ask or plan.lapse:
        log.info("asked", brand=config.brand, asked=len(plan.ask), lapsed=len(plan.lapse))


def unanswered(store: Subjects, brand: str) -> tuple[tuple[CaseView, ...], int]:
    """The questions that were asked since the last digest was made, and how many wait from before."""
    waiting = store.cases.find(brand, kind=FLAGGED, states={FlaggedState.ASKED}, limit=MOST)
    newest = store.digests.last(brand)
    fresh = [view for view in waiting if newest is None or _asked_at(view) > newest.created_at]
    fresh.sort(
        key=lambda view: (-(view.in_doubt[0].finding.score or 0) if view.in_doubt else 0, view.case.id)
    )
    return tuple(fresh), len(waiting) - len(fresh)


def _asked_at(view: CaseView) -> datetime:
    return max(event.at for event in view.case.events if event.action is FlaggedAction.ASK_OWNER)
