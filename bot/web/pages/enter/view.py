"""A cookie and the clean address for a link's token."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web import guard
from bot.web.site import WebSite


def routes(site: WebSite) -> list[Route]:
    """The address in every letter."""

    def enter(request: Request) -> Response:
        return guard.exchange(site, request.path_params["token"], request.query_params)

    return [Route("/l/{token}", enter)]
