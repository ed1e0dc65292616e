"""What a person must settle: what all kinds of cases share. No kind is named here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from policies.model.finding import Severity
from policies.model.people import Role


class WaitsFor(StrEnum):
    """Whose turn it is."""

    AGENCY = "agency"
    OWNER = "owner"
    PLATFORM = "platform"  #: a fix was claimed and is to be seen
    NOBODY = "nobody"  #: the case is closed


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One action: who may take it, from where, and where it leads."""

    by: Role | None  #: None is the machine
    sources: frozenset[StrEnum]  #: states it may start from
    target: StrEnum


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CaseKind:
    """One kind of case as data. What it is called and how its page looks stands in ``bot``."""

    name: str  #: as kept and as printed, for instance ``unknown-signer``; never changed
    states: type[StrEnum]
    actions: type[StrEnum]
    first: StrEnum  #: state of a new case
    waits_for: Mapping[StrEnum, WaitsFor]  #: of each state
    steps: Mapping[StrEnum, Step]  #: of each action
    verdicts: frozenset[StrEnum] = (
        frozenset()
    )  #: actions that decide, kept as verdicts; only owners give them
    against_rule: frozenset[StrEnum] = frozenset()  #: verdicts that say that the rule is wrong
    about_findings: bool = False  #: whether it is the findings of its post that are decided about
    answer_within: Mapping[StrEnum, timedelta] = field(
        default_factory=dict
    )  #: clock of a state, from its beginning

    def due_at(self, state: StrEnum, since: datetime) -> datetime | None:
        """When somebody should have answered in this state; UTC, None without a clock."""
        within = self.answer_within.get(state)
        return None if within is None else since + within

    def states_for(self, *whom: WaitsFor) -> frozenset[StrEnum]:
        """The states in which a case waits for any of these."""
        return frozenset(state for state, waits in self.waits_for.items() if waits in whom)


class IllegalTransition(ValueError):
    """The step is not allowed from here, or not to this person. Nothing was changed."""


def next_state(kind: CaseKind, state: StrEnum, action: StrEnum, role: Role | None) -> StrEnum:
    """The state after a step; ``role`` is None for the machine.

    Raises `IllegalTransition` where the step may not be taken.
    """
    step = kind.steps.get(action)
    if step is None or step.by is not role:
        raise IllegalTransition(f"{role or 'the machine'} may not {action.value.replace('_', ' ')}")
    if state not in step.sources:
        raise IllegalTransition(f"the case is {state.value.replace('_', ' ')} already")
    return step.target


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """A case that is to be opened, unless there is one of this kind about this subject."""

    kind: CaseKind
    subject: str  #: what it is about, unique within brand and kind
    severity: Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent:
    """One step in the history of a case."""

    at: datetime  #: UTC
    actor: str  #: person id, or ``machine``
    action: StrEnum  #: one of the kind's
    note: str  #: what they wrote, may be empty; untrusted
    leads_to: StrEnum  #: one of the kind's states


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One matter to settle."""

    id: int  #: number in the store, shown to people
    brand: str
    kind: CaseKind
    subject: str  #: what it is about: a post's key, a mark; untrusted
    state: StrEnum  #: one of the kind's
    severity: Severity
    opened_at: datetime  #: UTC
    updated_at: datetime  #: UTC of the last event
    due_at: datetime | None = None  #: UTC; when an answer is expected, None without a clock
    events: tuple[CaseEvent, ...] = ()

    @property
    def waits_for(self) -> WaitsFor:
        """Whose turn it is."""
        return self.kind.waits_for[self.state]

    @property
    def closed(self) -> bool:
        """Whether nobody has anything to do."""
        return self.waits_for is WaitsFor.NOBODY
