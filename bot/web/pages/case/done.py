"""What a person has just done: said on whatever page comes next, with the way to take it back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from starlette.requests import Request

from bot.links import Purpose
from bot.web.guard import Visit
from bot.web.site import WebSite
from bot.words import glossary, say
from policies.model.cases.machinery import CannotUndo, Case, Undo, WaitsFor, undone_step
from policies.model.people import Role
from storage.errors import UnknownCase


@dataclass(frozen=True, slots=True, kw_only=True)
class JustDone:
    """The last step that a person took on a case."""

    number: int  #: of the case
    said: str  #: what became of it
    undo: str | None  #: address that takes it back, None where it stays
    steps: int  #: of the case, so that nothing else is taken back


def just_done(site: WebSite, visit: Visit, request: Request) -> JustDone | None:
    """What the address says that was done, where it still is the last step and theirs."""
    number = request.query_params.get("done", "")
    if not (number.isdecimal() and number.isascii() and len(number) < 10) or _elsewhere(visit, int(number)):
        return None
    try:
        case = site.store.cases.get(visit.grant.brand, int(number)).case
    except UnknownCase:
        return None
    if not case.events or case.events[-1].actor != visit.person.id:
        return None
    kept = say("action.kept") if "kept" in request.query_params else ""
    return JustDone(
        number=case.id,
        said=f"{_said(case.events[-1].action)} {kept}".rstrip(),
        undo=f"{visit.case_path(case.id)}/undo" if _may_undo(case, visit) else None,
        steps=len(case.events),
    )


def _elsewhere(visit: Visit, number: int) -> bool:
    """Whether this visit may not see the case."""
    return visit.grant.purpose is Purpose.CASE and visit.grant.case != number


def _said(action: StrEnum) -> str:
    return say("undo.thanks") if action is Undo.UNDO else glossary.thanks(action) or ""


def _may_undo(case: Case, visit: Visit) -> bool:
    try:
        undone_step(case, visit.person.id, now=visit.now)
    except CannotUndo:
        return False
    return True


def turn_of(role: Role) -> WaitsFor:
    """What waits for somebody in this role."""
    return WaitsFor.OWNER if role is Role.OWNER else WaitsFor.AGENCY


def onwards(site: WebSite, visit: Visit, number: int, *, kept: bool = False, asked: bool = False) -> str:
    """Where a person goes from a case that is done: to the next one that waits for them, or home.

    ``asked``: it was a question; the others stand at home.
    """
    done = f"?done={number}{'&kept=1' if kept else ''}"
    if asked or visit.grant.purpose is Purpose.CASE:
        return f"{visit.home}{done}"
    waiting = site.store.cases.find(visit.grant.brand, waits_for={turn_of(visit.person.role)}, limit=2)
    following = next((view.case.id for view in waiting if view.case.id != number), None)
    return f"{visit.home if following is None else visit.case_path(following)}{done}"
