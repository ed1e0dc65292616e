"""Plays the agency and the owner of the demo in the queue, so that its last digest shows cases at every stage."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from bot.jobs.work import Work
from policies.model.cases.conversation import CONVERSATION, ConversationAction, ConversationState
from policies.model.cases.flagged import FLAGGED, FlaggedAction, FlaggedState
from policies.model.cases.machinery import IllegalTransition, WaitsFor
from policies.model.people import Person, Role
from policies.signing import by_owner
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
    for view in work.store.cases.find(
        brand, kind=CONVERSATION, waits_for={WaitsFor.AGENCY, WaitsFor.OWNER}, limit=100
    ):
        _see_to(work, view, people, now)


def _see_to(work: Work, view: CaseView, people: Mapping[Role, Person], now: datetime) -> None:
    """The owner settles what is a day old: what she answered herself is done, the rest goes to the agency."""
    case, one, waited = view.case, view.conversation, now - view.case.updated_at
    if case.state is ConversationState.ASKED and waited > PAUSE:
        _act(work, view, ConversationAction.TELL, people[Role.AGENCY], "We have written to them.", now)
    elif case.waits_for is WaitsFor.OWNER and waited > timedelta(days=1):
        answer = one.newest_answer if one else None
        hers = answer is not None and by_owner(answer, tuple(people.values()))
        told = case.state is ConversationState.TOLD
        step = (
            ConversationAction.TAKE
            if hers
            else ConversationAction.LEAVE
            if told
            else ConversationAction.HAND_ON
        )
        _act(work, view, step, people[Role.OWNER], "", now)


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


def _act(work: Work, view: CaseView, action: StrEnum, person: Person, note: str, now: datetime) -> None:
    try:
        work.store.cases.act(view.case.brand, view.case.id, action, person=person, note=note, now=now)
    except IllegalTransition:
        return  # the platform showed the fix in the meantime
