"""What is shown to whoever comes without a link."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web.site import WebSite
from bot.words import speak


def routes(site: WebSite) -> list[Route]:
    """The front door."""

    def show(_request: Request) -> Response:
        speak(site.language)
        return site.page("front/page.html")

    return [Route("/", show)]
