"""What our terms are called, in pages, mails and on the terminal alike."""

from __future__ import annotations

from bot.words import say
from policies.model.case import Action, CaseState
from policies.model.finding import Severity
from policies.model.people import Role


def severity(of: Severity) -> str:
    """How grave it is, for instance ``Urgent``."""
    return say(f"severity.{of}")


def turn(reader: Role, waits_for: str) -> str:
    """Whose turn it is, as one of them sees it: ``Waiting for you``, ``With the agency``."""
    return say(f"turn.{reader}.{waits_for}")


def state(reader: Role, of: CaseState) -> str:
    """Where a case stands, as one of the two sees it."""
    return say(f"state.{reader}.{of}")


def next_step(reader: Role, of: CaseState) -> str:
    """One or two sentences on what happens next."""
    return say(f"next.{reader}.{of}")


def step(action: Action) -> str:
    """What somebody did: ``explained``, ``decided: fine this time``."""
    return say(f"step.{action}")
