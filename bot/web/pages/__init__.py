"""The pages: a folder each, with a view and its template, and one line here."""

from __future__ import annotations

from starlette.routing import Route

from bot.web.pages.case import view as case
from bot.web.pages.cases import view as cases
from bot.web.pages.enter import view as enter
from bot.web.pages.front import view as front
from bot.web.pages.limits import view as limits
from bot.web.pages.status import view as status
from bot.web.site import WebSite

#: each has ``routes(site)``: the addresses that it answers
PAGES = (front, enter, cases, case, limits, status)


def routes(site: WebSite) -> list[Route]:
    """The addresses of all pages."""
    return [route for page in PAGES for route in page.routes(site)]
