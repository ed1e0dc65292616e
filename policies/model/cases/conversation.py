"""A client who needs the owner, or waits longer than promised: the owner says who sees to it."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from policies.model.cases.machinery import CaseKind, Step, WaitsFor
from policies.model.people import Role


class ConversationState(StrEnum):
    """Where the matter stands."""

    OPEN = "open"  #: the owner is asked who sees to it
    ASKED = "asked"  #: the agency is to answer, or to say how it ended
    TOLD = "told"  #: the agency said what it did; the owner has the last word
    CLOSED = "closed"


class ConversationAction(StrEnum):
    """A step somebody takes about a client."""

    TAKE = "take"  #: owner: I answered them
    HAND_ON = "hand_on"  #: owner: the agency answers
    LEAVE = "leave"  #: owner: nothing to do
    TELL = "tell"  #: agency: says what it did
    ASK_HOW = "ask_how"  #: machine: the client was asked to write in private; the agency says how that ended
    SETTLED = "settled"  #: machine: they waited, and were answered
    SAID_MORE = "said_more"  #: machine: they wrote again, and it cannot wait


_OPEN = frozenset(set(ConversationState) - {ConversationState.CLOSED})
_STEPS = {
    ConversationAction.TAKE: (Role.OWNER, _OPEN, ConversationState.CLOSED),
    ConversationAction.HAND_ON: (
        Role.OWNER,
        _OPEN - {ConversationState.ASKED},
        ConversationState.ASKED,
    ),
    ConversationAction.LEAVE: (Role.OWNER, _OPEN, ConversationState.CLOSED),
    ConversationAction.TELL: (
        Role.AGENCY,
        frozenset({ConversationState.ASKED}),
        ConversationState.TOLD,
    ),
    ConversationAction.ASK_HOW: (None, frozenset({ConversationState.OPEN}), ConversationState.ASKED),
    ConversationAction.SETTLED: (None, _OPEN, ConversationState.CLOSED),
    ConversationAction.SAID_MORE: (
        None,
        frozenset(set(ConversationState) - {ConversationState.OPEN}),
        ConversationState.OPEN,
    ),
}

#: its subject is the key of the thread with the client behind it
CONVERSATION = CaseKind(
    name="conversation",
    states=ConversationState,
    actions=ConversationAction,
    first=ConversationState.OPEN,
    waits_for={
        ConversationState.OPEN: WaitsFor.OWNER,
        ConversationState.ASKED: WaitsFor.AGENCY,
        ConversationState.TOLD: WaitsFor.OWNER,
        ConversationState.CLOSED: WaitsFor.NOBODY,
    },
    steps={
        action: Step(by=by, sources=sources, target=target)
        for action, (by, sources, target) in _STEPS.items()
    },
    verdicts=frozenset({ConversationAction.TAKE, ConversationAction.LEAVE}),
    calls=frozenset({ConversationAction.HAND_ON}),
    answer_within={ConversationState.ASKED: timedelta(days=1)},
)
