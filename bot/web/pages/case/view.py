"""One case: everything a person needs to settle it, and the form that settles it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.jobs.look_again import look_soon
from bot.jobs.looks import PAUSES
from bot.links import Purpose
from bot.queue.port import Job, Subject
from bot.web import text, wording
from bot.web.guard import Visit, admit, form_handler
from bot.web.pages.case.kinds import KIND_PAGES, page_of
from bot.web.pages.case.kinds.page import KindPage
from bot.web.site import WebSite
from bot.words import glossary, say
from policies.learned import fits
from policies.masking import masked
from policies.model.cases.flagged import FlaggedAction
from policies.model.cases.machinery import Case, CaseEvent, IllegalTransition, WaitsFor, next_state
from policies.model.people import Role
from storage.errors import UnknownCase
from storage.views import CaseView

MOST_WORDS = 4_000  #: characters of a note
_NONCE = re.compile(r"[\w-]{16,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a person has filled in so far."""

    action: str = ""
    note: str = field(default="", repr=False)
    remember: bool = False  #: whether the text is to be kept as an example
    problem: str = ""  #: what to mend, empty where nothing is wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class TextEdit:
    """One later revision with what it changed."""

    number: int
    at: Any  #: UTC time of the edit, or when we saw it
    diff: Markup


_ADDRESSES = {
    Purpose.QUEUE: "/queue/{brand}/case/{number:int}",
    Purpose.DESK: "/desk/{brand}/case/{number:int}",
    Purpose.CASE: "/case/{brand}/{number:int}",
}


def routes(site: WebSite) -> list[Route]:
    """A case in the agency's queue, on the owner's desk, and alone behind a link of its own."""
    return [route for purpose in _ADDRESSES for route in _routes(site, purpose)]


def _routes(site: WebSite, purpose: Purpose) -> tuple[Route, Route]:
    def show(request: Request) -> Response:
        return show_case(site, request, admit(site, request, purpose))

    def take(request: Request, visit: Visit, form: dict[str, str]) -> Response:
        return decide(site, request, visit, form)

    address = _ADDRESSES[purpose]
    return Route(address, show), Route(address, form_handler(site, purpose, take), methods=["POST"])


def load(site: WebSite, visit: Visit, number: int) -> CaseView:
    """The case. Raises 404 where the brand has none of this number."""
    try:
        return site.store.cases.get(visit.grant.brand, number)
    except UnknownCase as error:
        raise HTTPException(404) from error


def show_case(site: WebSite, request: Request, visit: Visit) -> Response:
    """The page of a case with an empty form."""
    view = load(site, visit, request.path_params["number"])
    action = page_of(view).action(request.query_params.get("done", ""))
    return render(site, visit, view, thanks=_thanks(action, kept="kept" in request.query_params))


def _thanks(done: StrEnum | None, *, kept: bool) -> str | None:
    """What is said right after a step that a person took."""
    thanks = glossary.thanks(done) if done else None
    return f"{thanks} {say('action.kept')}" if thanks and kept else thanks


def render(
    site: WebSite,
    visit: Visit,
    view: CaseView,
    *,
    draft: Draft | None = None,
    thanks: str | None = None,
    status: int = 200,
) -> Response:
    """The page of a case, with what was typed so far."""
    role, page = visit.person.role, page_of(view)
    return site.page(
        "case/page.html",
        status=status,
        visit=visit,
        view=view,
        page=page,
        titles=page.titles(view),
        changes=_changes(view),
        state=glossary.state(role, view.case.kind, view.case.state),
        next_step=glossary.next_step(role, view.case.kind, view.case.state),
        severity=glossary.severity(view.case.severity),
        choices=choices(view.case, role),
        may_remember=_may_remember(view, role),
        folded=_is_folded(view, visit) and not (draft and draft.problem),
        reply=_reply(view, visit),
        draft=draft or Draft(),
        thanks=thanks,
        following=_following(site, visit, view) if thanks else None,
        once=secrets.token_urlsafe(18),
        form_token=site.links.form_token(visit.grant),
        most=MOST_WORDS,
        **page.about(view),
    )


def choices(case: Case, role: Role) -> list[wording.Choice]:
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


def decide(site: WebSite, request: Request, visit: Visit, form: dict[str, str]) -> Response:
    """Take the step that the form asks for, once; or show the page again with what was typed."""
    view = load(site, visit, request.path_params["number"])
    note = form.get("note", "").replace("\r\n", "\n").strip()
    page = page_of(view)
    action = page.action(form.get("action", ""))
    since = _since(view, form.get("seen", ""))
    if action and _already_done(since, visit, action, note):
        return _done(visit, view, action, form)
    problem = _problem(page, visit.person.role, action, note) or _moved_on(since)
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
            remember=_wants_remembered(form),
        )
    except IllegalTransition:
        newest = load(site, visit, view.case.id)
        return _again(site, visit, newest, form, say("case.problem.moved"), 409)
    if action in view.case.kind.verdicts:
        site.queue.wake(Job(name="learn", subject=Subject(brand=visit.grant.brand)), at=visit.now)
    if action is FlaggedAction.CLAIM_FIX and view.post is not None:
        look_soon(site.queue, visit.grant.brand, view.post.key, visit.now + PAUSES[0])
    return _done(visit, view, action, form)


def _moved_on(since: Sequence[CaseEvent]) -> str:
    return say("case.problem.moved") if since else ""


def _again(
    site: WebSite, visit: Visit, view: CaseView, form: dict[str, str], problem: str, status: int
) -> Response:
    draft = Draft(
        action=form.get("action", ""),
        note=form.get("note", ""),
        remember=_wants_remembered(form),
        problem=problem,
    )
    return render(site, visit, view, draft=draft, status=status)


def _done(visit: Visit, view: CaseView, action: StrEnum, form: dict[str, str]) -> Response:
    kept = "&kept=1" if _wants_remembered(form) and _may_remember(view, visit.person.role) else ""
    return RedirectResponse(f"{visit.case_path(view.case.id)}?done={action}{kept}", status_code=303)


def _wants_remembered(form: dict[str, str]) -> bool:
    return form.get("remember") == "yes"


def _may_remember(view: CaseView, role: Role) -> bool:
    """Whether the text can become an example: a verdict is asked for, a rule stands, and it is not too long."""
    standing = any(found.gone_at is None for found in view.findings)
    return role is Role.OWNER and view.post is not None and fits(view.post) and standing


def _since(view: CaseView, seen: str) -> tuple[CaseEvent, ...]:
    """What has happened since the form was shown."""
    known = int(seen) if seen.isdecimal() and len(seen) < 7 else 0
    return view.case.events[known:]


def _already_done(since: Sequence[CaseEvent], visit: Visit, action: StrEnum, note: str) -> bool:
    """Whether this is the second half of a double click."""
    step = (visit.person.id, action, note)
    return any((event.actor, event.action, event.note) == step for event in since)


def _problem(page: KindPage, role: Role, action: StrEnum | None, note: str) -> str:
    choice = next((choice for choice in page.choices.get(role, ()) if choice.action is action), None)
    if choice is None:
        return say("case.problem.choose")
    if choice.needs_words and not note:
        return say("case.problem.words", choice=say(f"action.{choice.action}"))
    if len(note) > MOST_WORDS:
        return say("case.problem.long", length=len(note), most=MOST_WORDS)
    return ""


def _changes(view: CaseView) -> list[TextEdit]:
    found = [item.finding for item in view.findings]
    texts = [masked(revision.text, found) for revision in view.revisions]
    pairs = zip(texts, texts[1:], view.revisions[1:], strict=False)
    return [
        TextEdit(number=new.number, at=new.edited_at or new.seen_at, diff=text.word_diff(before, after))
        for before, after, new in pairs
    ]


def _following(site: WebSite, visit: Visit, view: CaseView) -> int | None:
    """The next case that waits for this person."""
    if visit.grant.case is not None:
        return None
    waiting = {_turn_of(visit.person.role)}
    views = site.store.cases.find(visit.grant.brand, waits_for=waiting, limit=2)
    return next((other.case.id for other in views if other.case.id != view.case.id), None)


def _turn_of(role: Role) -> WaitsFor:
    return WaitsFor.OWNER if role is Role.OWNER else WaitsFor.AGENCY


def _is_folded(view: CaseView, visit: Visit) -> bool:
    """Whether nobody asks this person for a step just now. A link to one case asks until it was answered."""
    if visit.grant.case is not None and all(event.actor != visit.person.id for event in view.case.events):
        return False
    return view.case.waits_for is not _turn_of(visit.person.role)


def _reply(view: CaseView, visit: Visit) -> CaseEvent | None:
    """What somebody else wrote last: the words that this person is asked to react to."""
    theirs = (event for event in reversed(view.case.events) if event.actor != visit.person.id)
    return next((event for event in theirs if event.note and event.actor in visit.people), None)
