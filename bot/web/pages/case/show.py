"""The page of a case: everything a person needs to settle it."""

from __future__ import annotations

import secrets

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.web import text
from bot.web.guard import Visit
from bot.web.pages.case.conversation import exchange
from bot.web.pages.case.done import JustDone, just_done
from bot.web.pages.case.form import MOST_WORDS, Draft, choices, is_folded, may_remember
from bot.web.pages.case.kinds import page_of
from bot.web.pages.case.looks import look_out
from bot.web.site import WebSite
from bot.words import glossary
from policies.model.cases.machinery import CaseEvent
from policies.model.people import Role
from storage.errors import UnknownCase
from storage.views import CaseView

_REPLY = 72  #: characters of what somebody wrote before the rest is folded away


def load(site: WebSite, visit: Visit, number: int) -> CaseView:
    """The case. Raises 404 where the brand has none of this number, and where it is not for this person's eyes."""
    try:
        view = site.store.cases.get(visit.grant.brand, number)
    except UnknownCase as error:
        raise HTTPException(404) from error
    if view.case.unsaid and visit.person.role is not Role.OWNER:
        raise HTTPException(404)
    return view


def show_case(site: WebSite, request: Request, visit: Visit) -> Response:
    """The page of a case with an empty form."""
    view = load(site, visit, request.path_params["number"])
    answer = request.query_params.get("answer", "")
    return render(site, visit, view, done=just_done(site, visit, request), answer=answer)


def render(
    site: WebSite,
    visit: Visit,
    view: CaseView,
    *,
    draft: Draft | None = None,
    done: JustDone | None = None,
    answer: str = "",
    status: int = 200,
) -> Response:
    """The page of a case, with what was typed so far; what somebody was about to ``answer`` is offered first."""
    role, page = visit.person.role, page_of(view)
    reply = _reply(view, visit)
    return site.page(
        "case/page.html",
        status=status,
        visit=visit,
        view=view,
        page=page,
        titles=page.titles(view),
        exchange=exchange(site.store, view),
        looking=look_out(site, visit, view),
        state=glossary.state(role, view.case.kind, view.case.state),
        next_step=glossary.next_step(role, view.case.kind, view.case.state),
        severity=glossary.severity_of(view.case),
        choices=sorted(choices(view.case, role), key=lambda choice: choice.action != answer),
        may_remember=may_remember(view, role),
        folded=is_folded(view, visit) and not (draft and draft.problem),
        reply=reply,
        reply_text=text.folded(reply.note, limit=_REPLY) if reply else None,
        draft=draft or Draft(),
        done=done,
        once=secrets.token_urlsafe(18),
        form_token=site.links.form_token(visit.grant),
        most=MOST_WORDS,
        **page.about(view),
    )


def _reply(view: CaseView, visit: Visit) -> CaseEvent | None:
    """What somebody else wrote last: the words that this person is asked to react to."""
    theirs = (event for event in reversed(view.case.standing_steps) if event.actor != visit.person.id)
    return next((event for event in theirs if event.note and event.actor in visit.people), None)
