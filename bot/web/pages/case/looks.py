"""Whether a claimed fix has been seen: when we looked, when we look next, and a button to look now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.jobs.looking import pauses
from bot.web.guard import Visit
from bot.web.site import WebSite
from policies.model.cases.flagged import TO_BE_SEEN
from storage.views import CaseView


@dataclass(frozen=True, slots=True, kw_only=True)
class LookOut:
    """How the look-out for a claimed fix goes."""

    last: datetime | None  #: UTC of the last look since the claim
    next: datetime | None  #: UTC of the next one by itself
    asked: bool  #: whether somebody has asked for one now
    overdue: bool  #: whether it should have been seen by now


def look_out(site: WebSite, visit: Visit, view: CaseView) -> LookOut | None:
    """How the look-out for the fix of this case goes; None where none was claimed, or all is known."""
    if view.post is None or view.case.state not in TO_BE_SEEN:
        return None
    watched = site.store.looks.watched(visit.grant.brand, view.case.id)
    if watched is None:
        return None
    claimed_at = next(event.at for event in reversed(view.case.events) if event.leads_to in TO_BE_SEEN)
    seen = watched.looked_at
    return LookOut(
        last=seen if seen is not None and seen >= min(claimed_at, watched.since) else None,
        next=pauses.next_look([watched], visit.now),
        asked=site.store.looks.is_asked(view.post.key),
        overdue=visit.brand.overdue(view.case, visit.now),
    )
