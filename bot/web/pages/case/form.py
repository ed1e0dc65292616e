"""The form of a case: what it offers, what was filled in, and what is wrong with that."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bot.links import Purpose
from bot.web.guard import Visit
from bot.web.pages.case.done import turn_of
from bot.web.pages.case.kinds import KIND_PAGES
from bot.web.pages.case.kinds.page import KindPage
from bot.web.wording import Choice
from bot.words import say
from policies.learned import fits
from policies.model.cases.machinery import Case, IllegalTransition, next_state
from policies.model.people import Role
from storage.views import CaseView

MOST_WORDS = 4_000  #: characters of a note


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a person has filled in so far."""

    action: str = ""
    note: str = field(default="", repr=False)
    remember: bool = False  #: whether the text is to be kept as an example
    problem: str = ""  #: what to mend, empty where nothing is wrong


def draft_of(form: dict[str, str], problem: str) -> Draft:
    """What a form came with, and what is wrong with it."""
    return Draft(
        action=form.get("action", ""),
        note=form.get("note", ""),
        remember=wants_remembered(form),
        problem=problem,
    )


def choices(case: Case, role: Role) -> list[Choice]:
    """The steps that would change something from here."""
    possible = []
    for choice in KIND_PAGES[case.kind.name].choices.get(role, ()):
        try:
            target = next_state(case.kind, case.state, choice.action, role)
        except IllegalTransition:
            continue
        if target is not case.state or choice.needs_words:
            possible.append(choice)
    return possible


def problem_of(page: KindPage, role: Role, action: StrEnum | None, note: str) -> str:
    """What is wrong with a form, empty where nothing is."""
    choice = next((choice for choice in page.choices.get(role, ()) if choice.action is action), None)
    if choice is None:
        return say("case.problem.choose")
    if choice.needs_words and not note:
        return say("case.problem.words", choice=say(f"action.{choice.action}"))
    if len(note) > MOST_WORDS:
        return say("case.problem.long", length=len(note), most=MOST_WORDS)
    return ""


def wants_remembered(form: dict[str, str]) -> bool:
    """Whether the box is ticked."""
    return form.get("remember") == "yes"


def may_remember(view: CaseView, role: Role) -> bool:
    """Whether the text can become an example: a verdict is asked for, a rule stands, and it is not too long."""
    standing = any(found.gone_at is None for found in view.findings)
    return role is Role.OWNER and view.post is not None and fits(view.post) and standing


def is_folded(view: CaseView, visit: Visit) -> bool:
    """Whether nobody asks this person for a step just now. A mail that led to the case asks until it was answered."""
    acted = any(event.actor == visit.person.id for event in view.case.events)
    if visit.grant.case == view.case.id and visit.grant.purpose is not Purpose.QUEUE and not acted:
        return False
    return turn_of(visit.person.role) not in view.case.turns
