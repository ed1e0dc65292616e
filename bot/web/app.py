"""The web application: the pages, what is asked by machines, and what stands around both."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import structlog
from starlette.applications import Starlette
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.links import Links
from bot.queue.port import Queue
from bot.web import pages
from bot.web.gate.apart import Apart
from bot.web.gate.door import Networks
from bot.web.gate.turns import Turns
from bot.web.pages.error import view as error
from bot.web.shield import Shield
from bot.web.site import MARK, MARK_PATH, STYLE, STYLE_PATH, BrandInfo, WebSite, templates
from bot.web.visits import Visits
from bot.words import say
from storage.store import Store

Health = Callable[[], Mapping[str, Any]]  #: a JSON object with ``ok``: whether all is well
Metrics = Callable[[], bytes]  #: Prometheus' text format 0.0.4
_log = structlog.get_logger("bot.web")
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}


class CaseNumber(IntegerConvertor):
    """Numbers in addresses: longer ones than any store counts to lead nowhere."""

    regex = "[0-9]{1,18}"


register_url_convertor(
    "case", CaseNumber()
)  # not "int": servers in the same process have numbers of their own


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
    trusted: Networks = (),
    look_again: Callable[[], None] = lambda: None,
) -> Starlette:
    """The pages as an ASGI application.

    ``clock`` gives the time in UTC; ``secure_cookies`` is True where people come by https.
    ``look_again`` brings the roster up to date before anybody is let in. ``trusted`` are our own proxies.
    ``brands`` maps ids to what the pages say of them; a brand that is not there is not shown.
    """
    site = WebSite(
        store=store,
        queue=queue,
        links=links,
        brands=brands,
        clock=clock,
        secure_cookies=secure_cookies,
        look_again=look_again,
        templates=templates(),
    )
    return Starlette(
        routes=[*pages.routes(site), *_plain_routes(health, metrics)],
        middleware=[
            Middleware(Shield),
            Middleware(Turns, trusted=trusted),
            Middleware(Visits, store=store),
        ],
        exception_handlers=error.handlers(site),
    )


def _plain_routes(health: Health, metrics: Metrics) -> list[Route]:
    return [
        Route("/healthz", _health(Apart(health, "health"))),
        Route("/metrics", _metrics(Apart(metrics, "metrics"))),
        Route(STYLE_PATH, lambda _request: Response(STYLE, media_type="text/css", headers=_FOR_EVER)),
        Route(MARK_PATH, lambda _request: Response(MARK, media_type="image/svg+xml", headers=_FOR_EVER)),
        Route("/robots.txt", lambda _request: PlainTextResponse("User-agent: *\nDisallow: /\n")),
    ]


def _health(health: Apart[Mapping[str, Any]]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(_request: Request) -> Response:
        try:
            report = await health.answer()
        except TimeoutError:
            report = {"ok": False, "problems": [say("health.silent")]}
        return JSONResponse(dict(report), status_code=200 if report["ok"] else 503)

    return answer


def _metrics(metrics: Apart[bytes]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(_request: Request) -> Response:
        try:
            return Response(await metrics.answer(), media_type="text/plain; version=0.0.4")
        except TimeoutError as error:
            raise HTTPException(503) from error

    return answer
