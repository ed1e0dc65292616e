"""A cookie and the clean address for a link's token."""

from __future__ import annotations

from starlette.routing import Route

from bot.web import guard
from bot.web.site import WebSite


def routes(site: WebSite) -> list[Route]:
    """The address in every letter."""
    return [Route("/l/{token}", lambda request: guard.exchange(site, request.path_params["token"]))]
