"""The web application: the pages, what is asked by machines, and what stands around both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.links import Links
from bot.queue.port import Queue
from bot.web import pages
from bot.web.pages.error import view as error
from bot.web.shield import Shield
from bot.web.site import MARK, MARK_PATH, STYLE, STYLE_PATH, BrandInfo, WebSite, templates
from bot.web.visits import Visits
from storage.store import Store

Health = Callable[[], Mapping[str, Any]]  #: a JSON object with ``ok``: whether all is well
Metrics = Callable[[], bytes]  #: Prometheus' text format 0.0.4
_log = structlog.get_logger("bot.web")
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}


def create_app(
    *,
    store: Store,
    queue: Queue,
    links: Links,
    brands: Mapping[str, BrandInfo],
    clock: Callable[[], datetime],
    health: Health,
    metrics: Metrics,
    secure_cookies: bool,
) -> Starlette:
    """The pages as an ASGI application.

    ``clock`` gives the time in UTC; ``secure_cookies`` is True where people come by https.
    ``brands`` maps ids to what the pages say of them; a brand that is not there is not shown.
    """
    site = WebSite(
        store=store,
        queue=queue,
        links=links,
        brands=brands,
        clock=clock,
        secure_cookies=secure_cookies,
        templates=templates(),
    )
    return Starlette(
        routes=[*pages.routes(site), *_plain_routes(health, metrics)],
        middleware=[Middleware(Shield), Middleware(Visits, store=store)],
        exception_handlers=error.handlers(site),
    )


def _plain_routes(health: Health, metrics: Metrics) -> list[Route]:
    return [
        Route("/healthz", lambda _request: _health(health)),
        Route("/metrics", lambda _request: Response(metrics(), media_type="text/plain; version=0.0.4")),
        Route(STYLE_PATH, lambda _request: Response(STYLE, media_type="text/css", headers=_FOR_EVER)),
        Route(MARK_PATH, lambda _request: Response(MARK, media_type="image/svg+xml", headers=_FOR_EVER)),
        Route("/robots.txt", lambda _request: PlainTextResponse("User-agent: *\nDisallow: /\n")),
    ]


def _health(health: Health) -> Response:
    report = health()
    return JSONResponse(dict(report), status_code=200 if report["ok"] else 503)
