"""The web application: addresses, and which page answers each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

import structlog
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.queue.port import Queue
from bot.web import cases, guard, lists, wording
from bot.web.links import Links, Purpose
from bot.web.shield import Shield
from bot.web.site import MARK, MARK_PATH, STYLE, STYLE_PATH, BrandInfo, Site, templates
from storage.errors import StoreError
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
    site = Site(
        store=store,
        queue=queue,
        links=links,
        brands=brands,
        clock=clock,
        secure_cookies=secure_cookies,
        templates=templates(),
    )
    return Starlette(
        routes=[*_people_routes(site), *_plain_routes(site, health, metrics)],
        middleware=[Middleware(Shield)],
        exception_handlers={
            HTTPException: _http_error(site),
            StoreError: _store_error(site),
            Exception: _our_error(site),
        },
    )


def _people_routes(site: Site) -> list[Route]:
    routes = [Route("/l/{token}", lambda request: guard.exchange(site, request.path_params["token"]))]
    for purpose, base in ((Purpose.QUEUE, "/queue/{brand}"), (Purpose.DESK, "/desk/{brand}")):
        routes += [
            Route(base, _list_page(site, purpose)),
            Route(base + "/case/{number:int}", _case_page(site, purpose)),
            Route(base + "/case/{number:int}", _decision(site, purpose), methods=["POST"]),
        ]
    return [
        *routes,
        Route("/case/{brand}/{number:int}", _case_page(site, Purpose.CASE)),
        Route("/case/{brand}/{number:int}", _decision(site, Purpose.CASE), methods=["POST"]),
        Route("/desk/{brand}/status", lambda request: lists.show_status(site, request)),
        Route("/desk/{brand}/status", _resend(site), methods=["POST"]),
    ]


def _plain_routes(site: Site, health: Health, metrics: Metrics) -> list[Route]:
    return [
        Route("/", lambda _request: site.page("front.html")),
        Route("/healthz", lambda _request: _health(health)),
        Route("/metrics", lambda _request: Response(metrics(), media_type="text/plain; version=0.0.4")),
        Route(STYLE_PATH, lambda _request: Response(STYLE, media_type="text/css", headers=_FOR_EVER)),
        Route(MARK_PATH, lambda _request: Response(MARK, media_type="image/svg+xml", headers=_FOR_EVER)),
        Route("/robots.txt", lambda _request: PlainTextResponse("User-agent: *\nDisallow: /\n")),
    ]


def _health(health: Health) -> Response:
    report = health()
    return JSONResponse(dict(report), status_code=200 if report["ok"] else 503)


def _list_page(site: Site, purpose: Purpose) -> Callable[[Request], Response]:
    return lambda request: lists.show_list(site, request, purpose)


def _case_page(site: Site, purpose: Purpose) -> Callable[[Request], Response]:
    return lambda request: cases.show_case(site, request, guard.admit(site, request, purpose))


def _decision(site: Site, purpose: Purpose) -> Callable[[Request], Any]:
    def decide(request: Request, form: dict[str, str]) -> Response:
        visit = guard.admit(site, request, purpose)
        guard.check_form(site, visit.grant, form)
        return cases.decide(site, request, visit, form)

    return _form_handler(site, decide)


def _resend(site: Site) -> Callable[[Request], Any]:
    def resend(request: Request, form: dict[str, str]) -> Response:
        visit = guard.admit(site, request, Purpose.DESK)
        guard.check_form(site, visit.grant, form)
        message = lists.stuck_message(site, visit, form.get("message", ""))
        if message is not None and message.id is not None:
            site.store.outbox.resend(message.id, now=visit.now)
        return RedirectResponse(f"{visit.home}/status?sent=again", status_code=303)

    return _form_handler(site, resend)


def _form_handler(
    site: Site, answer: Callable[[Request, dict[str, str]], Response]
) -> Callable[[Request], Any]:
    """Check where the form comes from, read it, and answer it away from the event loop."""

    async def handle(request: Request) -> Response:
        guard.check_origin(site, request)
        form = await guard.read_form(request)
        request.state.note = form.get("note", "")
        return await run_in_threadpool(answer, request, form)

    return handle


def _http_error(site: Site) -> Callable[[Request, Any], Response]:
    def answer(request: Request, error: HTTPException) -> Response:
        heading, advice = wording.WHAT_WENT_WRONG.get(
            error.status_code, (HTTPStatus(error.status_code).phrase, "Go back and try again.")
        )
        note = getattr(request.state, "note", "")  # of our own form, sent too late
        page = site.page("error.html", status=error.status_code, heading=heading, advice=advice, note=note)
        page.headers.update(error.headers or {})
        return page

    return answer


def _store_error(site: Site) -> Callable[[Request, Any], Response]:
    def answer(request: Request, error: StoreError) -> Response:
        _log.error("store", error=str(error))
        heading, advice = wording.WHAT_WENT_WRONG[503]
        note = getattr(request.state, "note", "")
        page = site.page("error.html", status=503, heading=heading, advice=advice, note=note)
        page.headers["Retry-After"] = "60"
        return page

    return answer


def _our_error(site: Site) -> Callable[[Request, Any], Response]:
    def answer(_request: Request, _error: Exception) -> Response:
        heading, advice = wording.WHAT_WENT_WRONG[500]
        return site.page("error.html", status=500, heading=heading, advice=advice, note="")

    return answer
