"""A post that rules stopped at: the agency explains, mends or disagrees, and the owner decides."""

from __future__ import annotations

from enum import StrEnum

from policies.model.cases.machinery import CaseKind, Step, WaitsFor
from policies.model.people import Role


class FlaggedState(StrEnum):
    """Where a flagged post stands."""

    OPEN = "open"  #: the agency is asked
    ANSWERED = "answered"  #: the agency explained; the owner decides
    FIX_CLAIMED = "fix_claimed"  #: the agency says it is fixed; the platform has not shown it yet
    DISPUTED = "disputed"  #: the agency disagrees; the owner rules
    UPHELD = "upheld"  #: the owner says it must be mended; the agency is asked
    CLOSED = "closed"


class FlaggedAction(StrEnum):
    """A step somebody takes on a flagged post."""

    ANSWER = "answer"  #: agency: explains
    CLAIM_FIX = "claim_fix"  #: agency: says the post was edited or deleted
    DISPUTE = "dispute"  #: agency: disagrees with the rule
    UPHOLD = "uphold"  #: owner: off-brand, mend it
    ACCEPT = "accept"  #: owner: fine this time
    FALSE_ALARM = "false_alarm"  #: owner: the rule is wrong here
    FIX_SEEN = "fix_seen"  #: platform: the findings are gone from the text, or the post is gone
    FOUND_AGAIN = "found_again"  #: machine: a new revision brought a new finding


_OPEN = frozenset(set(FlaggedState) - {FlaggedState.CLOSED})
_STEPS = {
    FlaggedAction.ANSWER: (Role.AGENCY, _OPEN, FlaggedState.ANSWERED),
    FlaggedAction.CLAIM_FIX: (Role.AGENCY, _OPEN, FlaggedState.FIX_CLAIMED),
    FlaggedAction.DISPUTE: (Role.AGENCY, _OPEN, FlaggedState.DISPUTED),
    FlaggedAction.UPHOLD: (Role.OWNER, _OPEN, FlaggedState.UPHELD),
    FlaggedAction.ACCEPT: (Role.OWNER, _OPEN, FlaggedState.CLOSED),
    FlaggedAction.FALSE_ALARM: (Role.OWNER, _OPEN, FlaggedState.CLOSED),
    FlaggedAction.FIX_SEEN: (None, _OPEN, FlaggedState.CLOSED),
    FlaggedAction.FOUND_AGAIN: (None, frozenset(FlaggedState), FlaggedState.OPEN),
}

#: its subject is the key of the post
FLAGGED = CaseKind(
    name="post",
    states=FlaggedState,
    actions=FlaggedAction,
    first=FlaggedState.OPEN,
    waits_for={
        FlaggedState.OPEN: WaitsFor.AGENCY,
        FlaggedState.ANSWERED: WaitsFor.OWNER,
        FlaggedState.FIX_CLAIMED: WaitsFor.PLATFORM,
        FlaggedState.DISPUTED: WaitsFor.OWNER,
        FlaggedState.UPHELD: WaitsFor.AGENCY,
        FlaggedState.CLOSED: WaitsFor.NOBODY,
    },
    steps={
        action: Step(by=by, sources=sources, target=target)
        for action, (by, sources, target) in _STEPS.items()
    },
    verdicts=frozenset({FlaggedAction.UPHOLD, FlaggedAction.ACCEPT, FlaggedAction.FALSE_ALARM}),
    about_findings=True,
    against_rule=frozenset({FlaggedAction.FALSE_ALARM}),
)
