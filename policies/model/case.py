"""What a person must settle, and the steps that are allowed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from policies.model.finding import Severity
from policies.model.people import Role


class CaseState(StrEnum):
    """Where a case stands."""

    OPEN = "open"  #: the agency is asked
    ANSWERED = "answered"  #: the agency explained; the owner decides
    FIX_CLAIMED = "fix_claimed"  #: the agency says it is fixed; the platform has not shown it yet
    DISPUTED = "disputed"  #: the agency disagrees; the owner rules
    UPHELD = "upheld"  #: the owner says it must be mended; the agency is asked
    CLOSED = "closed"

    @property
    def waits_for(self) -> str:
        """``agency``, ``owner``, ``platform`` or ``nobody``."""
        return _WAITS_FOR[self]


def waiting_for(who: str) -> frozenset[CaseState]:
    """The states in which a case waits for somebody: ``agency``, ``owner``, ``platform`` or ``nobody``."""
    return frozenset(state for state in CaseState if state.waits_for == who)


class Action(StrEnum):
    """A step somebody takes on a case."""

    ANSWER = "answer"  #: agency: explains
    CLAIM_FIX = "claim_fix"  #: agency: says the post was edited or deleted
    DISPUTE = "dispute"  #: agency: disagrees with the rule
    UPHOLD = "uphold"  #: owner: off-brand, mend it
    ACCEPT = "accept"  #: owner: fine this time
    FALSE_ALARM = "false_alarm"  #: owner: the rule is wrong here
    FIX_SEEN = "fix_seen"  #: platform: the findings are gone from the text, or the post is gone
    FOUND_AGAIN = "found_again"  #: machine: a new revision brought a new finding


VERDICTS = frozenset({Action.UPHOLD, Action.ACCEPT, Action.FALSE_ALARM})

_WAITS_FOR = {
    CaseState.OPEN: "agency",
    CaseState.ANSWERED: "owner",
    CaseState.FIX_CLAIMED: "platform",
    CaseState.DISPUTED: "owner",
    CaseState.UPHELD: "agency",
    CaseState.CLOSED: "nobody",
}
_STILL_OPEN = frozenset(set(CaseState) - {CaseState.CLOSED})
#: action -> (states it may start from, state it leads to)
_STEPS: dict[Action, tuple[frozenset[CaseState], CaseState]] = {
    Action.ANSWER: (_STILL_OPEN, CaseState.ANSWERED),
    Action.CLAIM_FIX: (_STILL_OPEN, CaseState.FIX_CLAIMED),
    Action.DISPUTE: (_STILL_OPEN, CaseState.DISPUTED),
    Action.UPHOLD: (_STILL_OPEN, CaseState.UPHELD),
    Action.ACCEPT: (_STILL_OPEN, CaseState.CLOSED),
    Action.FALSE_ALARM: (_STILL_OPEN, CaseState.CLOSED),
    Action.FIX_SEEN: (_STILL_OPEN, CaseState.CLOSED),
    Action.FOUND_AGAIN: (frozenset(CaseState), CaseState.OPEN),
}
_BY_ROLE: dict[Role, frozenset[Action]] = {
    Role.AGENCY: frozenset({Action.ANSWER, Action.CLAIM_FIX, Action.DISPUTE}),
    Role.OWNER: VERDICTS,
    Role.STAFF: frozenset(),
}


class IllegalTransition(ValueError):
    """The step is not allowed from here, or not to this person. Nothing was changed."""


def next_state(state: CaseState, action: Action, role: Role | None) -> CaseState:
    """The state after a step; ``role`` is None for the machine.

    Raises `IllegalTransition` where the step may not be taken.
    """
    allowed = _BY_ROLE[role] if role else frozenset({Action.FIX_SEEN, Action.FOUND_AGAIN})
    if action not in allowed:
        raise IllegalTransition(f"{role or 'the machine'} may not {action.value.replace('_', ' ')}")
    sources, target = _STEPS[action]
    if state not in sources:
        raise IllegalTransition(f"the case is {state.value.replace('_', ' ')} already")
    return target


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent:
    """One step in the history of a case."""

    at: datetime  #: UTC
    actor: str  #: person id, or ``machine``
    action: Action
    note: str  #: what they wrote, may be empty; untrusted
    leads_to: CaseState


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One matter to settle about one post."""

    id: int  #: number in the store, shown to people
    brand: str
    state: CaseState
    severity: Severity  #: the highest among its open findings
    opened_at: datetime  #: UTC
    updated_at: datetime  #: UTC of the last event
    events: tuple[CaseEvent, ...] = ()
