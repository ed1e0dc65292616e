"""One case: its page, and the forms that settle it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.links import Purpose
from bot.web.guard import Visit, admit, form_handler
from bot.web.pages.case.show import show_case
from bot.web.pages.case.steps import check_again, decide, undo
from bot.web.site import WebSite

_ADDRESSES = {
    Purpose.QUEUE: "/queue/{brand}/case/{number:case}",
    Purpose.DESK: "/desk/{brand}/case/{number:case}",
    Purpose.CASE: "/case/{brand}/{number:case}",
}
_Post = Callable[[WebSite, Request, Visit, dict[str, str]], Response]
#: what stands behind the address of the case -> what it does
_FORMS: dict[str, _Post] = {"": decide, "/undo": undo, "/look": check_again}


def routes(site: WebSite) -> list[Route]:
    """A case in the agency's queue, on the owner's desk, and alone behind a link of its own."""
    return [route for purpose in _ADDRESSES for route in _routes(site, purpose)]


def _routes(site: WebSite, purpose: Purpose) -> Iterator[Route]:
    def show(request: Request) -> Response:
        return show_case(site, request, admit(site, request, purpose))

    address = _ADDRESSES[purpose]
    yield Route(address, show)
    for behind, act in _FORMS.items():
        handler = form_handler(site, purpose, partial(act, site))
        yield Route(f"{address}{behind}", handler, methods=["POST"])
