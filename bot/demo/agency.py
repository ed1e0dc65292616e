"""Plays the agency and the owner of the demo in the queue, so that its last digest shows cases at every stage."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.jobs.work import Work
from policies.model.cases.flagged import FLAGGED, FlaggedAction, FlaggedState
from policies.model.cases.machinery import IllegalTransition
from policies.model.people import Person, Role
from storage.views import CaseView

PAUSE = timedelta(hours=5)  #: how long the agency takes to look into the queue
MENDED = (FlaggedAction.CLAIM_FIX, "You are right. We have changed it, please have a look.")
ANSWERS = (
    (
        FlaggedAction.ANSWER,
        "Thank you for flagging this. We have told the team; next time we will ask you first.",
    ),
    (
        FlaggedAction.DISPUTE,
        "We think this one is in line with how you speak to regulars. Could you rule on it?",
    ),
    None,  # and now and then something is left lying
)


def play_agency(work: Work, brand: str, mended: frozenset[str], now: datetime) -> None:
    """Answer what has waited for a while; the owner rules on what is disputed a day later.

    ``mended``: ids of posts that are edited or deleted in the story, of which alone the agency says so.
    """
    people = {person.role: person for person in reversed(work.brands[brand].roster())}
    for view in work.store.cases.find(brand, kind=FLAGGED, states={FlaggedState.OPEN}, limit=100):
        if now - view.case.updated_at > PAUSE:
            _answer(work, view, mended, people[Role.AGENCY], now)
    for view in work.store.cases.find(
        brand, kind=FLAGGED, states={FlaggedState.DISPUTED, FlaggedState.ANSWERED}, limit=100
    ):
        if now - view.case.updated_at > timedelta(days=1) and view.case.id % 4:
            _rule(work, view, people[Role.OWNER], now)


def _answer(work: Work, view: CaseView, mended: frozenset[str], person: Person, now: datetime) -> None:
    fixed = view.post is not None and view.post.key.external_id in mended
    step = MENDED if fixed else ANSWERS[view.case.id % len(ANSWERS)]
    if step:
        _act(work, view, step[0], person, step[1], now)


def _rule(work: Work, view: CaseView, person: Person, now: datetime) -> None:
    if view.case.state is FlaggedState.DISPUTED:
        _act(work, view, FlaggedAction.ACCEPT, person, "Fair enough, that is how we talk.", now)
    else:
        _act(work, view, FlaggedAction.ACCEPT, person, "Thanks for explaining.", now)


def _act(work: Work, view: CaseView, action: FlaggedAction, person: Person, note: str, now: datetime) -> None:
    try:
        work.store.cases.act(view.case.brand, view.case.id, action, person=person, note=note, now=now)
    except IllegalTransition:
        return  # the platform showed the fix in the meantime
