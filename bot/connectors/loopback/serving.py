"""Loopback servers: a Starlette application in a thread of its own, with faults applied around it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
from datetime import timedelta
from typing import Any

import uvicorn
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.connectors.loopback.clock import SandboxClock
from bot.connectors.loopback.fake import Fake
from bot.connectors.loopback.faults import Fault, FaultKind, Faults
from bot.connectors.loopback.meter import Meter

CONTROL_PREFIX = "/_sandbox"
"""Paths under it steer the sandbox: they are neither counted nor struck by faults."""


class FaultyApp:
    """Counts each request, then lets the armed faults have their way with it."""

    def __init__(
        self, app: ASGIApp, *, platform: str, fake: Fake, clock: SandboxClock, faults: Faults, meter: Meter
    ) -> None:
        """Wrap `app`, which answers for `platform` as `fake` does."""
        self._app, self._platform, self._fake = app, platform, fake
        self._clock, self._faults, self._meter = clock, faults, meter
        self._last_page: dict[str, bytes] = {}
        self._closing = threading.Event()

    def close(self) -> None:
        """Let go of every request that a TIMEOUT fault holds, so that the server can stop."""
        self._closing.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        # Clients ask for some lists with a slash at the end and for others without.
        path = scope["path"].rstrip("/") or "/"
        scope = {**scope, "path": path, "raw_path": path.encode()}
        if path.startswith(CONTROL_PREFIX):
            await self._app(scope, receive, send)
            return
        self._meter.count(self._platform, path)
        await self._answer(self._faults.strike(self._platform, path), scope, receive, send)

    async def _answer(self, faults: list[Fault], scope: Scope, receive: Receive, send: Send) -> None:
        kinds = {fault.kind: fault for fault in faults}
        if turn := kinds.get(FaultKind.TURN_CLOCK):
            self._clock.advance(timedelta(seconds=turn.seconds))
        if silence := kinds.get(FaultKind.TIMEOUT):
            await self._hold(silence.seconds, receive)
            await _hang_up(send)
        elif FaultKind.DROP in kinds:
            await _hang_up(send)
        elif refusal := _refusal(faults, self._fake):
            await refusal(scope, receive, send)
        else:
            await self._spoilt(set(kinds), scope, receive, send)

    async def _hold(self, seconds: int, receive: Receive) -> None:
        """Keep silent until the time is up, the client goes away or the server stops."""
        gone = asyncio.ensure_future(_gone(receive))
        deadline = asyncio.get_running_loop().time() + seconds
        while not (gone.done() or self._closing.is_set()) and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.02)
        gone.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await gone

    async def _spoilt(self, kinds: set[FaultKind], scope: Scope, receive: Receive, send: Send) -> None:
        start, body = await _collect(self._app, scope, receive)
        if start["status"] == 200:
            body = self._spoil(kinds, _page_key(scope, self._fake.cursors), body)
        await _reply(start, body, send)

    def _spoil(self, kinds: set[FaultKind], key: str, body: bytes) -> bytes:
        if FaultKind.REPEAT_PAGE in kinds:
            body = self._last_page.get(key, body)
        self._last_page[key] = body
        if FaultKind.REORDER_PAGE in kinds:
            body = _shuffled(body, self._fake)
        return body[: len(body) // 2] if FaultKind.CUT_JSON in kinds else body


class LoopbackServer:
    """An application served on 127.0.0.1 from a background thread."""

    def __init__(self, app: FaultyApp, *, port: int = 0) -> None:
        """Take `port` (0: any free one) at once, so that `url` is known. Raises OSError if it is taken."""
        self._app = app
        self._socket = socket.create_server(("127.0.0.1", port), backlog=128)
        # Headers and body leave in two writes. asyncio turns Nagle off only for sockets it made itself, and with
        # Nagle on every answer would wait 40 ms for the client's acknowledgement. Accepted sockets inherit this.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(
            app, http="h11", ws="none", lifespan="off", log_config=None, log_level="warning",
            proxy_headers=False, timeout_graceful_shutdown=1,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)

    def start(self) -> None:
        """Serve. The socket already listens, so that a client that comes early waits instead of failing."""
        self._thread.start()

    def leave(self) -> None:
        """Begin to stop, without waiting."""
        self._app.close()
        self._server.should_exit = True

    def stop(self) -> None:
        """Stop serving and wait until the thread has ended."""
        self.leave()
        if self._thread.is_alive():
            self._thread.join(timeout=10)
        self._socket.close()

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _hang_up(send: Send) -> None:
    # ASGI has no word for closing a connection unanswered. uvicorn's `send` is a method of its request cycle,
    # which holds the transport; this application is the outermost one, so that nothing has wrapped it.
    send.__self__.transport.close()  # type: ignore[attr-defined]
    # The cycle learns of it in the loop's next turns; until then it would send a 500 and complain.
    for _ in range(3):
        await asyncio.sleep(0)


def _refusal(faults: list[Fault], fake: Fake) -> Response | None:
    for fault in faults:
        match fault.kind:
            case FaultKind.RATE_LIMIT:
                return fake.too_many(fault.seconds)
            case FaultKind.RATE_LIMIT_SILENT:
                return fake.refusal(429, "Too Many Requests")
            case FaultKind.UNAVAILABLE:
                return fake.refusal(503, "Service Unavailable")
            case FaultKind.UNAUTHORIZED:
                return fake.refusal(401, "Unauthorized")
    return None


async def _collect(app: ASGIApp, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
    messages: list[Message] = []

    async def keep(message: Message) -> None:
        messages.append(message)

    await app(scope, receive, keep)
    return messages[0], b"".join(m.get("body", b"") for m in messages[1:])


async def _reply(start: Message, body: bytes, send: Send) -> None:
    headers = [(k, v) for k, v in start["headers"] if k != b"content-length"]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({**start, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _page_key(scope: Scope, cursors: frozenset[str]) -> str:
    """What two pages of one listing have in common: the path and the query without its cursor."""
    query = scope["query_string"].decode().split("&")
    path: str = scope["path"]
    return path + "?" + "&".join(sorted(p for p in query if p.split("=")[0] not in cursors))


def _shuffled(body: bytes, fake: Fake) -> bytes:
    page = json.loads(body)
    if things := fake.items(page):
        things[:] = _interleaved(things)
    return json.dumps(page).encode()


def _interleaved(things: list[Any]) -> list[Any]:
    """The even places backwards, then the odd ones: neither newest nor oldest first, and the same every time."""
    return things[::2][::-1] + things[1::2]
