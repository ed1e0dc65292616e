"""Who may come in, and which forms are ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot import words
from bot.links import Grant, LinkRefused, Purpose
from bot.web.site import BrandInfo, WebSite
from bot.web.visits import came_in
from policies.model.people import Person

MOST_BYTES = 64 * 1024  #: of a form; 4,000 characters take at most 48,000 when percent-encoded
_MOST_FIELDS = 20
#: Pages of the desk to which a letter leads straight.
PAGES_IN_LETTERS = frozenset({"limits"})
_WISHES = ("answer", "show")  #: what a link in a letter may say beside its token
_WISH = re.compile("[a-z_]{1,20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A person whom a page has let in."""

    grant: Grant
    person: Person
    brand: BrandInfo
    people: dict[str, Person]  #: the roster by id
    now: datetime  #: UTC

    @property
    def home(self) -> str:
        """The address of all that the link opens."""
        return home(self.grant)

    def case_path(self, number: int) -> str:
        """The address of a case for this person."""
        return self.home if self.grant.purpose is Purpose.CASE else f"{self.home}/case/{number}"


def start(grant: Grant, to: str = "") -> str:
    """The address that a link leads to first: its home, the case that it begins at, or a page that a letter names."""
    if grant.purpose is Purpose.DESK and to in PAGES_IN_LETTERS:
        return f"{home(grant)}/{to}"
    at_case = grant.case is not None and grant.purpose is not Purpose.CASE
    return f"{home(grant)}/case/{grant.case}" if at_case else home(grant)


def home(grant: Grant) -> str:
    """The clean address of what a link opens; its cookie goes nowhere else."""
    if grant.purpose is Purpose.CASE:
        return f"/case/{grant.brand}/{grant.case}"
    return f"/{grant.purpose}/{grant.brand}"


def exchange(site: WebSite, token: str, asked: Mapping[str, str]) -> Response:
    """A cookie and the clean address for a link's token. Changes nothing, so link scanners do no harm.

    ``asked``: what the address says beside the token; of that goes on what the reader was about to answer or see.
    """
    now = site.now()
    try:
        grant = site.links.open(token, now=now, is_revoked=site.store.links.is_revoked)
    except LinkRefused as error:
        raise HTTPException(403) from error
    _welcome(site, grant, now)
    wish = urlencode({name: asked[name] for name in _WISHES if _WISH.fullmatch(asked.get(name, ""))})
    first = start(grant, asked.get("to", ""))
    answer = RedirectResponse(f"{first}?{wish}" if wish else first, status_code=303)
    answer.set_cookie(
        _cookie_name(grant.purpose),
        site.links.cookie(grant),
        max_age=int((grant.expires_at - now).total_seconds()),
        path=home(grant),
        secure=site.secure_cookies,
        httponly=True,
        # Strict would not reach the page behind the redirect when the link is opened from web mail
        samesite="lax",
    )
    return answer


def admit(site: WebSite, request: Request, purpose: Purpose) -> Visit:
    """The person behind the cookie. Raises 403 where cookie, brand, case or roster say no."""
    now = site.now()
    value = request.cookies.get(_cookie_name(purpose), "")
    try:
        grant = site.links.resume(value, purpose, now=now, is_revoked=site.store.links.is_revoked)
    except LinkRefused as error:
        raise HTTPException(403) from error
    if grant.brand != request.path_params["brand"]:
        raise HTTPException(403)
    if purpose is Purpose.CASE and grant.case != request.path_params["number"]:
        raise HTTPException(403)
    visit = _welcome(site, grant, now)
    came_in(request, grant, now)
    return visit


def _welcome(site: WebSite, grant: Grant, now: datetime) -> Visit:
    """Whoever has left the roster is not let in any more, whatever link they hold."""
    if grant.brand not in site.brands:
        raise HTTPException(403)
    site.look_again()
    people = {person.id: person for person in site.store.brands.people(grant.brand)}
    person = people.get(grant.person)
    if person is None or person.role is not grant.purpose.role:
        raise HTTPException(403)
    words.speak(site.brands[grant.brand].language)
    return Visit(grant=grant, person=person, brand=site.brands[grant.brand], people=people, now=now)


def _cookie_name(purpose: Purpose) -> str:
    return f"oversight_{purpose}"


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form. Raises 413 where it is larger than any of ours, 400 where it is no form."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise HTTPException(413)
    try:
        pairs = parse_qsl(
            body.decode("ascii", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS
        )
    except ValueError as error:
        raise HTTPException(400) from error
    return dict(pairs)


def check_origin(site: WebSite, request: Request) -> None:
    """Raises 403 unless the browser says that the form came from our own pages."""
    fetch_site = request.headers.get("sec-fetch-site", "same-origin")
    if request.headers.get("origin") != site.links.origin or fetch_site != "same-origin":
        raise HTTPException(403)


def form_handler(
    site: WebSite, purpose: Purpose, answer: Callable[[Request, Visit, dict[str, str]], Response]
) -> Callable[[Request], Any]:
    """Check who sends a form, and that it is ours; read it, and answer it away from the event loop."""

    def let_in(request: Request, form: dict[str, str]) -> Response:
        visit = admit(site, request, purpose)
        check_form(site, visit.grant, form)
        return answer(request, visit, form)

    async def handle(request: Request) -> Response:
        check_origin(site, request)
        form = await read_form(request)
        request.state.note = form.get("note", "")
        return await run_in_threadpool(let_in, request, form)

    return handle


def check_form(site: WebSite, grant: Grant, form: dict[str, str]) -> None:
    """Raises 403 unless the form was made by us for this person and purpose."""
    if not site.links.is_form_token(grant, form.get("form", "")):
        raise HTTPException(403)
