"""What a person does on the page of a case: a step, once; or taking the last one back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.jobs.look_again import ask, look_soon
from bot.jobs.looking.pauses import PAUSES
from bot.queue.port import Job, Subject
from bot.web.guard import Visit
from bot.web.pages.case.done import onwards
from bot.web.pages.case.form import draft_of, may_remember, problem_of, wants_remembered
from bot.web.pages.case.kinds import page_of
from bot.web.pages.case.show import load, render
from bot.web.site import WebSite
from bot.words import say
from policies.model.cases.flagged import TO_BE_SEEN, FlaggedAction
from policies.model.cases.machinery import CannotUndo, CaseEvent, IllegalTransition
from storage.views import CaseView

_NONCE = re.compile(r"[\w-]{16,64}")


def decide(site: WebSite, request: Request, visit: Visit, form: dict[str, str]) -> Response:
    """Take the step that the form asks for, once; or show the page again with what was typed."""
    view = load(site, visit, request.path_params["number"])
    note = form.get("note", "").replace("\r\n", "\n").strip()
    page = page_of(view)
    action = page.action(form.get("action", ""))
    since = _since(view, form.get("seen", ""))
    if action and _already_done(since, visit, action, note):
        return _done(site, visit, view, form)
    problem = problem_of(page, visit.person.role, action, note) or _moved_on(since)
    if problem or not action:
        return _again(site, visit, view, form, problem, 409 if since else 422)
    return _act(site, visit, view, form, action=action, note=note)


def _act(
    site: WebSite, visit: Visit, view: CaseView, form: dict[str, str], *, action: StrEnum, note: str
) -> Response:
    once = form.get("once", "")
    if not _NONCE.fullmatch(once):
        raise HTTPException(403)
    try:
        site.store.cases.act(
            visit.grant.brand,
            view.case.id,
            action,
            person=visit.person,
            note=note,
            now=visit.now,
            once=f"{visit.grant.brand}/{view.case.id}/{visit.person.id}/{once}",
            remember=wants_remembered(form),
        )
    except IllegalTransition:
        newest = load(site, visit, view.case.id)
        return _again(site, visit, newest, form, say("case.problem.moved"), 409)
    if action in view.case.kind.verdicts:
        _teach(site, visit)
    if action is FlaggedAction.CLAIM_FIX and view.post is not None:
        look_soon(site.queue, visit.grant.brand, view.post.key, visit.now + PAUSES[0])
    return _done(site, visit, view, form)


def _teach(site: WebSite, visit: Visit) -> None:
    """Have the file of examples follow what was decided, or taken back."""
    site.queue.wake(Job(name="learn", subject=Subject(brand=visit.grant.brand)), at=visit.now)


def _moved_on(since: Sequence[CaseEvent]) -> str:
    return say("case.problem.moved") if since else ""


def _again(
    site: WebSite, visit: Visit, view: CaseView, form: dict[str, str], problem: str, status: int
) -> Response:
    return render(site, visit, view, draft=draft_of(form, problem), status=status)


def _done(site: WebSite, visit: Visit, view: CaseView, form: dict[str, str]) -> Response:
    kept = wants_remembered(form) and may_remember(view, visit.person.role)
    return RedirectResponse(
        onwards(site, visit, view.case.id, kept=kept, asked=view.case.unsaid), status_code=303
    )


def _since(view: CaseView, seen: str) -> tuple[CaseEvent, ...]:
    """What has happened since the form was shown."""
    return view.case.events[_counted(seen) :]


def _counted(seen: str) -> int:
    """How many steps of the case the form was shown with."""
    return int(seen) if seen.isdecimal() and len(seen) < 7 else 0


def _already_done(since: Sequence[CaseEvent], visit: Visit, action: StrEnum, note: str) -> bool:
    """Whether this is the second half of a double click."""
    step = (visit.person.id, action, note)
    return any((event.actor, event.action, event.note) == step for event in since)


def undo(site: WebSite, request: Request, visit: Visit, form: dict[str, str]) -> Response:
    """Take the person's last step back and show the case as it stands again; or say why it stays."""
    view = load(site, visit, request.path_params["number"])
    steps = _counted(form.get("seen", ""))
    try:
        site.store.cases.undo(
            visit.grant.brand, view.case.id, person=visit.person, steps=steps, now=visit.now
        )
    except CannotUndo as error:
        problem = say("undo.late" if error.too_late else "undo.moved")
        return render(site, visit, load(site, visit, view.case.id), draft=draft_of({}, problem), status=409)
    _teach(site, visit)
    return RedirectResponse(f"{visit.case_path(view.case.id)}?done={view.case.id}", status_code=303)


def check_again(site: WebSite, request: Request, visit: Visit, form: dict[str, str]) -> Response:  # noqa: ARG001 -- the shape of all forms
    """Have the post looked at now, where a fix of it is to be seen."""
    view = load(site, visit, request.path_params["number"])
    if view.post is not None and view.case.state in TO_BE_SEEN:
        ask(site.store, site.queue, visit.grant.brand, view.post.key, visit.now)
    return RedirectResponse(visit.case_path(view.case.id), status_code=303)
