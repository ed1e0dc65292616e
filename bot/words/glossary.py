"""What our terms are called, in pages, mails and on the terminal alike."""

from __future__ import annotations

from enum import StrEnum

from bot.words import knows, say
from policies.model.cases.machinery import Case, CaseKind, WaitsFor
from policies.model.finding import Severity
from policies.model.people import Role

_FAIRLY_SURE, _HARDLY_IN_DOUBT = 0.6, 0.9  #: of one


def severity(of: Severity, kind: CaseKind | None = None) -> str:
    """How grave it is, for instance ``Urgent``; a kind of case may have a word of its own."""
    return say(f"severity.{of}") if kind is None else _of_kind("severity", kind, of)


def severity_of(case: Case) -> str:
    """The same of a case; what nobody says has none."""
    if case.unsaid:
        return say("severity.question" if case.waits_for is WaitsFor.OWNER else "severity.unsaid")
    return severity(case.severity, case.kind)


def question(topic: str, rule: str) -> str:
    """What the owner is asked about something likely: each topic has its own question."""
    return say(f"ask.{topic}") if knows(f"ask.{topic}") else say("ask.other", rule=rule)


def turn(reader: Role, waits_for: str) -> str:
    """Whose turn it is, as one of them sees it: ``Waiting for you``, ``With the agency``."""
    return say(f"turn.{reader}.{waits_for}")


def state(reader: Role, kind: CaseKind, of: StrEnum) -> str:
    """Where a case stands, as one of the two sees it."""
    return _of_kind(f"state.{reader}", kind, of)


def next_step(reader: Role, kind: CaseKind, of: StrEnum) -> str:
    """One or two sentences on what happens next."""
    return _of_kind(f"next.{reader}", kind, of)


def title(kind: CaseKind, subject: str) -> str:
    """What a case is called where no rule names it."""
    return say(f"title.{kind.name}", subject=subject)


def standing(kind: CaseKind, of: StrEnum) -> str:
    """Where an open case stands, as a sentence to the owner."""
    return _of_kind("entry.state", kind, of)


def sure(score: float) -> str:
    """How sure a machine was, in words; nothing where it hardly doubts."""
    if score >= _HARDLY_IN_DOUBT:
        return ""
    return say("sure.fairly") if score >= _FAIRLY_SURE else say("sure.little")


def stream(name: str) -> str:
    """What is read of an account: ``what it posts``, ``answers to it``."""
    return say(f"stream.{name}") if knows(f"stream.{name}") else say("stream.other", name=name)


def step(action: StrEnum) -> str:
    """What somebody did: ``explained``, ``decided: fine this time``."""
    return say(f"step.{action}")


def thanks(action: StrEnum) -> str | None:
    """What is said right after a step that a person took; None where the machine takes it."""
    code = f"action.{action}.thanks"
    return say(code) if knows(code) else None


def _of_kind(code: str, kind: CaseKind, of: StrEnum) -> str:
    """A kind's own word, or where it has none, the one that all kinds share."""
    own = f"{code}.{kind.name}.{of}"
    return say(own if knows(own) else f"{code}.{of}")
