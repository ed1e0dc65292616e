"""A mark at the end of posts that nobody on the roster has: who is that, and did the owner let them in?"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from policies.model.cases.machinery import CaseKind, Step, WaitsFor
from policies.model.people import Role


class SignerState(StrEnum):
    """Where the question about a mark stands."""

    OPEN = "open"  #: the owner is asked whether they know the mark
    ASKED = "asked"  #: the owner does not; the agency is asked
    ANSWERED = "answered"  #: the agency said who it is; the owner has the last word
    CLOSED = "closed"


class SignerAction(StrEnum):
    """A step somebody takes about a mark."""

    KNOW = "know"  #: owner: I know them
    ASK = "ask"  #: owner: the agency shall say who it is
    NAME = "name"  #: agency: says who it is


_OWNERS = frozenset({SignerState.OPEN, SignerState.ASKED, SignerState.ANSWERED})

#: its subject is the mark as it is written, for instance ``^TK``
UNKNOWN_SIGNER = CaseKind(
    name="unknown-signer",
    states=SignerState,
    actions=SignerAction,
    first=SignerState.OPEN,
    waits_for={
        SignerState.OPEN: WaitsFor.OWNER,
        SignerState.ASKED: WaitsFor.AGENCY,
        SignerState.ANSWERED: WaitsFor.OWNER,
        SignerState.CLOSED: WaitsFor.NOBODY,
    },
    steps={
        SignerAction.KNOW: Step(by=Role.OWNER, sources=_OWNERS, target=SignerState.CLOSED),
        SignerAction.ASK: Step(
            by=Role.OWNER, sources=_OWNERS - {SignerState.ASKED}, target=SignerState.ASKED
        ),
        SignerAction.NAME: Step(
            by=Role.AGENCY, sources=frozenset({SignerState.ASKED}), target=SignerState.ANSWERED
        ),
    },
    verdicts=frozenset({SignerAction.KNOW}),
    answer_within={SignerState.ASKED: timedelta(days=2)},
)
