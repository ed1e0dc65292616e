"""Runs the pages in a thread of the daemon, with a clean stop."""

from __future__ import annotations

import socket
import threading
from functools import partial
from types import TracebackType
from typing import Any, Self, cast

import uvicorn
from starlette.types import ASGIApp

from bot.errors import ConfigError
from bot.web.gate.door import Door, GuardedProtocol, Networks

_START = 10.0  #: seconds that starting may take
_STOP = 5  #: seconds that answers under way may take when we stop


class PageServer:
    """A web server on a thread. A context manager that stops it."""

    def __init__(self, app: ASGIApp, sock: socket.socket, door: Door) -> None:
        self.host, self.port = sock.getsockname()[:2]
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                http=cast(Any, partial(GuardedProtocol, door=door)),
                access_log=False,
                log_config=None,
                lifespan="off",
                ws="none",
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=10,
                timeout_graceful_shutdown=_STOP,
                h11_max_incomplete_event_size=16 * 1024,
            )
        )
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [sock]}, name="pages", daemon=True
        )

    @property
    def running(self) -> bool:
        """Whether the thread is alive."""
        return self._thread.is_alive()

    @property
    def busy(self) -> bool:
        """Whether a request is being answered."""
        return bool(self._server.server_state.tasks)

    @property
    def connections(self) -> frozenset[GuardedProtocol]:
        """Who is connected."""
        return frozenset(cast(Any, self._server.server_state.connections))

    def start(self) -> None:
        """Begin to answer; returns once connections are accepted."""
        self._thread.start()
        waited = threading.Event()
        for _ in range(int(_START / 0.02)):
            if self._server.started:
                return
            waited.wait(0.02)
        raise ConfigError("The web pages did not start.", mend="Look at the log lines above this one.")

    def stop(self) -> None:
        """Finish the answers under way and end the thread."""
        self._server.should_exit = True
        self._thread.join(_STOP + 5)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


def serve(app: ASGIApp, host: str, port: int, *, trusted: Networks = ()) -> PageServer:
    """Answer on this address, port 0 for any free one; ``trusted`` are our own proxies.

    Raises `ConfigError` where it cannot be had.
    """
    try:
        sock = socket.create_server((host, port), backlog=128)
    except OSError as error:
        raise ConfigError(
            f"Cannot listen on {host}:{port}: {error.strerror or error}.",
            mend="Choose another host or port, or stop what uses it.",
        ) from error
    server = PageServer(app, sock, Door(trusted=trusted))
    server.start()
    return server
