"""Counts visits after the page has left: whoever comes in never waits for the store to write, nor meets its faults."""

from __future__ import annotations

from datetime import datetime

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.links import Grant
from storage.errors import StoreError
from storage.links import VISIT
from storage.store import Store

_KEY = "came_in_by"
_log = structlog.get_logger("bot.web")


def came_in(request: Request, grant: Grant, now: datetime) -> None:
    """Note on the request by which link somebody came in, at a UTC time."""
    setattr(request.state, _KEY, (grant, now))


class Visits:
    """ASGI middleware that tells the store of who came in, once the answer is sent."""

    def __init__(self, app: ASGIApp, store: Store) -> None:
        self.app = app
        self._store = store
        self._counted: dict[
            str, datetime
        ] = {}  # when each link's last visit was told, so that most pages ask nothing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, then count."""
        await self.app(scope, receive, send)
        noted = scope.get("state", {}).get(_KEY)
        if noted and not self._is_counted(*noted):
            await run_in_threadpool(self._count, *noted)

    def _count(self, grant: Grant, now: datetime) -> None:
        try:
            self._counted[grant.link_id] = self._store.links.used(grant.issued(None), now=now)
        except StoreError as error:
            _log.warning("a visit was not counted", person=grant.person, error=str(error))

    def _is_counted(self, grant: Grant, now: datetime) -> bool:
        begun = self._counted.get(grant.link_id)
        return begun is not None and begun <= now < begun + VISIT
