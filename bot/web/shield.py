"""Headers on every answer, and one log line per request that never holds a token."""

from __future__ import annotations

import logging
import time

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = structlog.get_logger("bot.web")

LINKS = "/l/"  #: where the addresses of links begin
_QUIET = frozenset({"/healthz", "/metrics"})  #: asked every few seconds

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
# With ``no-referrer`` browsers send ``Origin: null`` with our own forms (Fetch standard, "append a request
# Origin header"), so pages with forms say ``same-origin``: other sites still learn nothing. Answers to a
# link's own address, which holds a token, say ``no-referrer``.
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), clipboard-read=(), display-capture=(), geolocation=(), "
    "microphone=(), payment=(), publickey-credentials-get=(), usb=()",
}


class Shield:
    """ASGI middleware around everything, the error pages included.

    A slash too many at an address's end is taken off, rather than answered with a redirect to whatever host the
    request names.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; add headers to the answer; write the log line."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope = {**scope, "path": scope["path"].rstrip("/") or "/"}
        started = time.perf_counter()
        status = 500

        async def guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                if status == 403 or scope["path"].startswith(LINKS):  # a key, also where it opens nothing
                    headers["Referrer-Policy"] = "no-referrer"
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self.app(scope, receive, guarded)
        finally:
            page = _page(scope)
            _log.log(
                logging.DEBUG if page in _QUIET and status < 400 else logging.INFO,
                "request",
                method=scope["method"],
                page=page,
                status=status,
                milliseconds=round((time.perf_counter() - started) * 1000, 1),
            )


def _page(scope: Scope) -> str:
    """The route without its parameters: one is a token, and others come from strangers.

    An address that no route knows is left out whole: it may be a link that a mail program has bent.
    """
    return str(getattr(scope.get("route"), "path", "(unknown)"))
