"""A post that rules stopped at: the agency explains, mends or disagrees, and the owner decides.

Where the rules are not sure, the owner is asked first, and the agency hears of it only once the owner has said yes.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from policies.model.cases.machinery import Case, CaseKind, Step, WaitsFor
from policies.model.hours import BusinessHours
from policies.model.people import Role


class FlaggedState(StrEnum):
    """Where a flagged post stands."""

    OPEN = "open"  #: the agency is asked
    ANSWERED = "answered"  #: the agency explained; the owner decides
    FIX_CLAIMED = "fix_claimed"  #: the agency says it is fixed; the platform has not shown it yet
    UNMENDED = (
        "unmended"  #: it was said to be fixed, and the platform shows it as it was; the agency is asked
    )
    DISPUTED = "disputed"  #: the agency disagrees; the owner rules
    UPHELD = "upheld"  #: the owner says it must be mended; the agency is asked
    CLOSED = "closed"
    HELD = "held"  #: likely and not sure; nobody was asked yet
    ASKED = "asked"  #: the owner is asked whether it is so
    LAPSED = "lapsed"  #: likely, and never asked: there was no room for the question
    DROPPED = "dropped"  #: it was likely; the owner said that it is fine, or it is gone


class FlaggedAction(StrEnum):
    """A step somebody takes on a flagged post."""

    ANSWER = "answer"  #: agency: explains
    CLAIM_FIX = "claim_fix"  #: agency: says the post was edited or deleted
    DISPUTE = "dispute"  #: agency: disagrees with the rule
    UPHOLD = "uphold"  #: owner: off-brand, mend it
    ACCEPT = "accept"  #: owner: fine this time
    FALSE_ALARM = "false_alarm"  #: owner: the rule is wrong here
    FIX_SEEN = "fix_seen"  #: platform: the findings are gone from the text, or the post is gone
    STILL_THERE = "still_there"  #: platform: what was said to be fixed stands as it was
    FOUND_AGAIN = "found_again"  #: machine: a new revision brought a new finding, or what was likely is sure
    HOLD = "hold"  #: machine: a new revision brought something that is likely and not sure
    ASK_OWNER = "ask_owner"  #: machine: there is room for the question
    LAPSE = "lapse"  #: machine: there was no room for the question in time
    WITHDRAW = "withdraw"  #: machine: what was likely is gone from the text, or the post is gone
    CONFIRM = "confirm"  #: owner: yes, that is one; mend it
    DISMISS = "dismiss"  #: owner: no, it is fine


#: in which nothing is said of anybody
_UNSAID = frozenset({FlaggedState.HELD, FlaggedState.ASKED, FlaggedState.LAPSED, FlaggedState.DROPPED})
_ANSWERABLE = frozenset({FlaggedState.ASKED, FlaggedState.LAPSED})
_OPEN = frozenset(set(FlaggedState) - {FlaggedState.CLOSED} - _UNSAID)
_STEPS = {
    FlaggedAction.ANSWER: (Role.AGENCY, _OPEN, FlaggedState.ANSWERED),
    FlaggedAction.CLAIM_FIX: (Role.AGENCY, _OPEN, FlaggedState.FIX_CLAIMED),
    FlaggedAction.DISPUTE: (Role.AGENCY, _OPEN, FlaggedState.DISPUTED),
    FlaggedAction.UPHOLD: (Role.OWNER, _OPEN, FlaggedState.UPHELD),
    FlaggedAction.ACCEPT: (Role.OWNER, _OPEN, FlaggedState.CLOSED),
    FlaggedAction.FALSE_ALARM: (Role.OWNER, _OPEN, FlaggedState.CLOSED),
    FlaggedAction.FIX_SEEN: (None, _OPEN, FlaggedState.CLOSED),
    FlaggedAction.STILL_THERE: (None, frozenset({FlaggedState.FIX_CLAIMED}), FlaggedState.UNMENDED),
    FlaggedAction.FOUND_AGAIN: (None, frozenset(FlaggedState), FlaggedState.OPEN),
    FlaggedAction.HOLD: (
        None,
        frozenset({FlaggedState.CLOSED, FlaggedState.LAPSED, FlaggedState.DROPPED}),
        FlaggedState.HELD,
    ),
    FlaggedAction.ASK_OWNER: (None, frozenset({FlaggedState.HELD}), FlaggedState.ASKED),
    FlaggedAction.LAPSE: (None, frozenset({FlaggedState.HELD}), FlaggedState.LAPSED),
    FlaggedAction.WITHDRAW: (None, _ANSWERABLE | {FlaggedState.HELD}, FlaggedState.DROPPED),
    FlaggedAction.CONFIRM: (Role.OWNER, _ANSWERABLE, FlaggedState.UPHELD),
    FlaggedAction.DISMISS: (Role.OWNER, _ANSWERABLE, FlaggedState.DROPPED),
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
        FlaggedState.UNMENDED: WaitsFor.AGENCY,
        FlaggedState.DISPUTED: WaitsFor.OWNER,
        FlaggedState.UPHELD: WaitsFor.AGENCY,
        FlaggedState.CLOSED: WaitsFor.NOBODY,
        FlaggedState.HELD: WaitsFor.NOBODY,
        FlaggedState.ASKED: WaitsFor.OWNER,
        FlaggedState.LAPSED: WaitsFor.NOBODY,
        FlaggedState.DROPPED: WaitsFor.NOBODY,
    },
    steps={
        action: Step(by=by, sources=sources, target=target)
        for action, (by, sources, target) in _STEPS.items()
    },
    unsaid=_UNSAID,
    verdicts=frozenset(
        {
            FlaggedAction.UPHOLD,
            FlaggedAction.ACCEPT,
            FlaggedAction.FALSE_ALARM,
            FlaggedAction.CONFIRM,
            FlaggedAction.DISMISS,
        }
    ),
    about_findings=True,
    against_rule=frozenset({FlaggedAction.FALSE_ALARM, FlaggedAction.DISMISS}),
)

#: in which a fix was claimed and is to be seen
TO_BE_SEEN = frozenset({FlaggedState.FIX_CLAIMED, FlaggedState.UNMENDED})


def fix_overdue(case: Case, hours: BusinessHours, days: int, now: datetime) -> bool:
    """Whether a fix was claimed and has not been seen by the end of so many business days after the claim."""
    claims = [event.at for event in case.events if event.action is FlaggedAction.CLAIM_FIX]
    if case.kind is not FLAGGED or case.state not in TO_BE_SEEN or not claims:
        return False
    due = hours.end_of_day_after(claims[-1], days)
    return due is not None and now >= due
