"""What is shown where something went wrong: what it was, and what to do now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.web.site import WebSite
from bot.words import knows, say, speak
from storage.errors import StoreError

_log = structlog.get_logger("bot.web")


def handlers(site: WebSite) -> Mapping[Any, Callable[[Request, Any], Response]]:
    """Who answers which exception."""
    return {
        HTTPException: _refused(site),
        StoreError: _store_failed(site),
        Exception: _broke(site),
    }


def _refused(site: WebSite) -> Callable[[Request, Any], Response]:
    def answer(request: Request, error: HTTPException) -> Response:
        page = _page(site, error.status_code, _typed(request))
        page.headers.update(error.headers or {})
        return page

    return answer


def _store_failed(site: WebSite) -> Callable[[Request, Any], Response]:
    def answer(request: Request, error: StoreError) -> Response:
        _log.error("store", error=str(error))
        page = _page(site, 503, _typed(request))
        page.headers["Retry-After"] = "60"
        return page

    return answer


def _broke(site: WebSite) -> Callable[[Request, Any], Response]:
    def answer(_request: Request, _error: Exception) -> Response:
        return _page(site, 500, "")

    return answer


def _typed(request: Request) -> str:
    """What was written in our own form, sent too late."""
    return str(getattr(request.state, "note", ""))


def _page(site: WebSite, status: int, note: str) -> Response:
    speak(site.language)
    code = f"error.{status}" if knows(f"error.{status}") else "error.other"
    return site.page(
        "error/page.html", status=status, heading=say(code), advice=say(f"{code}.advice"), note=note
    )
