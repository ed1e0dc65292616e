"""The two lists: the agency's queue and the owner's desk, with the questions to the owner in a place of their own."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.links import Purpose
from bot.logs import spared
from bot.web import wording
from bot.web.guard import Visit, admit
from bot.web.pages.case.done import just_done
from bot.web.pages.case.kinds import page_of
from bot.web.site import WebSite
from bot.web.troubles import count_stuck, late_streams
from bot.words import glossary, say
from policies.model.cases.flagged import FLAGGED, FlaggedState
from policies.model.cases.machinery import WaitsFor
from policies.model.people import Role
from storage.views import CaseView

PAGE = 20  #: cases on one page of a list
_EXCERPT = 240  #: characters of a post on a card
_QUESTIONS = 4  #: that stand on the desk; the others have a list
_MOST = 200  #: lines of a list of what was likely
_IN_A_LINE = 60  #: characters of it where a case has one line


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One case in a list."""

    view: CaseView
    path: str
    titles: tuple[str, ...]  #: what the case is called
    excerpt: Markup
    state: str
    severity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One filter of a list."""

    key: str  #: whom the cases wait for
    label: str
    count: int
    current: bool


#: lists that only the owner has: name -> the state of what stands there
_UNSAID = {"asked": FlaggedState.ASKED, "lapsed": FlaggedState.LAPSED, "dropped": FlaggedState.DROPPED}
_ADDRESSES = {Purpose.QUEUE: "/queue/{brand}", Purpose.DESK: "/desk/{brand}"}


def routes(site: WebSite) -> list[Route]:
    """The agency's queue and the owner's desk."""
    return [Route(address, partial(_show, site, purpose)) for purpose, address in _ADDRESSES.items()]


def _show(site: WebSite, purpose: Purpose, request: Request) -> Response:
    """The cases of one filter, worst first: cards for what waits for the reader, a line each for the rest."""
    visit = admit(site, request, purpose)
    if purpose is Purpose.DESK and request.query_params.get("show", "") in _UNSAID:
        return _show_unsaid(site, visit, request)
    filters = wording.FILTERS[visit.person.role]
    chosen = request.query_params.get("show", "")
    chosen = chosen if chosen in filters else filters[0]
    counts = site.store.cases.waiting(visit.grant.brand)
    tabs = _tabs(visit.person.role, counts, chosen)
    total = next(tab.count for tab in tabs if tab.current)
    pages = max(1, -(-total // PAGE))
    page = min(_number(request.query_params.get("page", "1")), pages)
    waiting = chosen == filters[0]
    views = site.store.cases.find(
        visit.grant.brand, waits_for={WaitsFor(chosen)}, limit=PAGE, offset=(page - 1) * PAGE
    )
    return site.page(
        "cases/page.html",
        visit=visit,
        view=None,
        done=just_done(site, visit, request),
        form_token=site.links.form_token(visit.grant),
        tabs=tabs,
        chosen=chosen,
        waiting=waiting,
        cards=[_card(visit, view, _EXCERPT if waiting else _IN_A_LINE) for view in views],
        page=page,
        pages=pages,
        troubles=_troubles(site, visit) if purpose is Purpose.DESK else 0,
        **_questions(site, visit, shown=waiting and purpose is Purpose.DESK),
    )


def _questions(site: WebSite, visit: Visit, *, shown: bool) -> dict[str, Any]:
    """The first questions, to be answered where they stand, and how many there are on each list."""
    if not shown:
        return {"questions": [], "unsaid": {}}
    counts = site.store.cases.count(visit.grant.brand, FLAGGED)
    found = _in_state(site, visit, FlaggedState.ASKED, _QUESTIONS)
    return {
        "questions": [_card(visit, view, _EXCERPT) for view in found],
        "unsaid": {name: counts[state] for name, state in _UNSAID.items()},
        "once": lambda: secrets.token_urlsafe(18),
    }


def _show_unsaid(site: WebSite, visit: Visit, request: Request) -> Response:
    """One list of what nobody says of anybody, a line each."""
    name = request.query_params["show"]
    views = _in_state(site, visit, _UNSAID[name], _MOST)
    return site.page(
        "cases/unsaid.html",
        visit=visit,
        name=name,
        total=site.store.cases.count(visit.grant.brand, FLAGGED)[_UNSAID[name]],
        cards=[_card(visit, view, _IN_A_LINE) for view in views],
    )


def _in_state(site: WebSite, visit: Visit, state: FlaggedState, limit: int) -> list[CaseView]:
    return site.store.cases.find(visit.grant.brand, kind=FLAGGED, states={state}, limit=limit)


def _tabs(role: Role, counts: Mapping[WaitsFor, int], chosen: str) -> list[Tab]:
    return [
        Tab(
            key=key,
            label=glossary.turn(role, key),
            count=counts.get(WaitsFor(key), 0),
            current=key == chosen,
        )
        for key in wording.FILTERS[role]
    ]


def _number(written: str) -> int:
    return max(1, int(written)) if written.isdecimal() and len(written) < 7 else 1


def _card(visit: Visit, view: CaseView, length: int) -> Card:
    number = view.case.id
    return spared(f"case {number}", partial(_whole, visit, view, length), partial(_bare, visit, view))


def _bare(visit: Visit, view: CaseView) -> Card:
    """Stands for a case that cannot be shown: its number, and the way to it."""
    number = view.case.id
    return Card(
        view=CaseView(case=view.case, post=None, findings=(), revisions=()),
        path=visit.case_path(number),
        titles=(say("entry.broken", number=number),),
        excerpt=Markup(),
        state="",
        severity=glossary.severity(view.case.severity, view.case.kind),
    )


def _whole(visit: Visit, view: CaseView, length: int) -> Card:
    page = page_of(view)
    return Card(
        view=view,
        path=visit.case_path(view.case.id),
        titles=page.titles(view),
        excerpt=page.excerpt(view, length),
        state=glossary.state(visit.person.role, view.case.kind, view.case.state),
        severity=glossary.severity_of(view.case),
    )


def _troubles(site: WebSite, visit: Visit) -> int:
    """How many things the owner's page on the service has to tell."""
    return len(late_streams(site, visit)) + count_stuck(site, visit)
