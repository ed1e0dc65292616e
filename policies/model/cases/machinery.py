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
    #: states in which nothing is said of anybody: a question to the owner, and what never became more. Only owners
    #: see such cases, in a place of their own, and they count as no case
    unsaid: frozenset[StrEnum] = frozenset()
    verdicts: frozenset[StrEnum] = (
        frozenset()
    )  #: actions that decide, kept as verdicts; only owners give them
    against_rule: frozenset[StrEnum] = frozenset()  #: verdicts that say that the rule is wrong
    calls: frozenset[StrEnum] = frozenset()  #: actions after which the agency is mailed at once
    about_findings: bool = False  #: whether it is the findings of its post that are decided about
    answer_within: Mapping[StrEnum, timedelta] = field(
        default_factory=dict
    )  #: clock of a state, from its beginning

    def action(self, name: str) -> StrEnum:
        """The action of this name, whether only this kind has it or all do. Raises `ValueError`."""
        return Undo(name) if name in set(Undo) else self.actions(name)

    def by(self, action: StrEnum) -> Role | None:
        """Who takes this step; None where that is the machine, or whoever took the one before."""
        step = self.steps.get(action)
        return step.by if step else None

    def due_at(self, state: StrEnum, since: datetime) -> datetime | None:
        """When somebody should have answered in this state; UTC, None without a clock."""
        within = self.answer_within.get(state)
        return None if within is None else since + within

    def turns(self, state: StrEnum, severity: Severity) -> frozenset[WaitsFor]:
        """Whose turn it is. What is urgent and new is the owner's too, who hears of it at once."""
        waits = self.waits_for[state]
        urgent = severity is Severity.CRITICAL and state is self.first
        return frozenset({waits, WaitsFor.OWNER}) if urgent else frozenset({waits})

    def states_for(self, *whom: WaitsFor, unsaid: bool = False) -> frozenset[StrEnum]:
        """The states in which a case waits for any of these; with ``unsaid`` also those in which nothing is said."""
        waiting = frozenset(state for state, waits in self.waits_for.items() if waits in whom)
        return waiting if unsaid else waiting - self.unsaid


class Undo(StrEnum):
    """The step that cases of every kind have: whoever took the last step takes it back."""

    UNDO = "undo"


MAY_UNDO = timedelta(minutes=10)  #: after a step


class IllegalTransition(ValueError):
    """The step is not allowed from here, or not to this person. Nothing was changed."""


class CannotUndo(IllegalTransition):
    """What was done stays: too much time has passed, or somebody has gone on from there."""

    def __init__(self, *, too_late: bool) -> None:
        super().__init__("too late to take that back" if too_late else "the case has gone on since")
        self.too_late = too_late  #: False: somebody has gone on


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
    state: StrEnum | None = None  #: in which it begins, where that is not the kind's first


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent:
    """One step in the history of a case."""

    at: datetime  #: UTC
    actor: str  #: person id, or ``machine``
    action: StrEnum  #: one of the kind's, or the undo that all have
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
    def turns(self) -> frozenset[WaitsFor]:
        """All whose turn it is: of an urgent case that nobody touched the owner's too."""
        return self.kind.turns(self.state, self.severity)

    @property
    def closed(self) -> bool:
        """Whether nobody has anything to do."""
        return self.waits_for is WaitsFor.NOBODY

    @property
    def unsaid(self) -> bool:
        """Whether nothing is said of anybody by it: it is a question, or was one and never became more."""
        return self.state in self.kind.unsaid

    @property
    def standing_steps(self) -> tuple[CaseEvent, ...]:
        """The steps without those that were taken back."""
        standing: list[CaseEvent] = []
        for event in self.events:
            if event.action is Undo.UNDO:
                standing.pop()
            else:
                standing.append(event)
        return tuple(standing)


def undone_step(case: Case, person: str, *, now: datetime) -> CaseEvent:
    """The step that this person may take back: the last one, theirs, and fresh. Raises `CannotUndo`."""
    last = case.events[-1] if case.events else None
    if last is None or last.actor != person or last.action is Undo.UNDO:
        raise CannotUndo(too_late=False)
    if now - last.at > MAY_UNDO:
        raise CannotUndo(too_late=True)
    return last


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """How a case stood before its last step."""

    state: StrEnum
    closed_by: StrEnum | None  #: the action that had closed it
    due_at: datetime | None  #: UTC


def before_last_step(case: Case) -> Before:
    """What to go back to when the last step is taken back."""
    led_here = case.events[-2] if len(case.events) > 1 else None
    state = led_here.leads_to if led_here else case.kind.first
    closed = led_here is not None and case.kind.waits_for[state] is WaitsFor.NOBODY
    return Before(
        state=state,
        closed_by=led_here.action if led_here and closed else None,
        due_at=case.kind.due_at(state, led_here.at if led_here else case.opened_at),
    )
