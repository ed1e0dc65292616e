"""What is shown to whoever comes without a link."""

from __future__ import annotations

from starlette.routing import Route

from bot.web.site import Site


def routes(site: Site) -> list[Route]:
    """The front door."""
    return [Route("/", lambda _request: site.page("front/page.html"))]
