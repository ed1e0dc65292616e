"""A small internet on loopback: public addresses lead to a real server, every other one to a trap that counts."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bot.judging.facts.network import CONTROL, Network

PUBLIC = "93.184.216.34"
OTHER = "198.41.0.4"


@dataclass(frozen=True, kw_only=True)
class Page:
    """What the server says at one address."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"hello"
    head: int | None = None  #: status of HEAD where it differs


class Internet:
    """Names, addresses and pages. The guard in front of it is the real one."""

    def __init__(self, server: tuple[str, int], trap: tuple[str, int]) -> None:
        self._server, self._trap = server, trap
        self.pages: dict[str, Page] = {}  # host + path -> page
        self.names: dict[str, Sequence[str] | OSError] = {CONTROL: [PUBLIC]}
        self.asked: list[str] = []  # method, host and path of each request
        self.looked_up: list[str] = []
        self.caught: list[str] = []  # addresses that were dialled and are not public
        self.servers = {PUBLIC: server, OTHER: server}

    def page(self, url: str, **page: object) -> str:
        """Publish a page, and the name it stands under; its address."""
        host, _, path = url.removeprefix("http://").partition("/")
        self.pages[f"{host}/{path}"] = Page(**page)  # type: ignore[arg-type]
        self.names.setdefault(host, [PUBLIC])
        return url

    def resolve(self, host: str, port: int) -> Sequence[str]:
        """The addresses of a name."""
        self.looked_up.append(host)
        found = self.names.get(host, socket.gaierror(socket.EAI_NONAME, "unknown"))
        if isinstance(found, OSError):
            raise found
        return found

    def dial(self, address: str, port: int, seconds: float) -> socket.socket:
        """A real connection: to the server for public addresses, to the trap for all others."""
        if address not in self.servers:
            self.caught.append(address)
        return socket.create_connection(self.servers.get(address, self._trap), timeout=seconds)

    def network(self, **changes: object) -> Network:
        """The network over it."""
        return Network(**{"resolve": self.resolve, "dial": self.dial, **changes})  # type: ignore[arg-type]


@contextmanager
def internet() -> Iterator[tuple[Internet, Callable[[], int]]]:
    """A running internet, and how many connections its trap has seen."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    with socket.create_server(("127.0.0.1", 0)) as trap:
        made = Internet(server.server_address[:2], trap.getsockname()[:2])  # type: ignore[arg-type]
        server.internet = made  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield made, lambda: _waiting(trap)
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def _waiting(trap: socket.socket) -> int:
    """Connections that wait to be accepted."""
    trap.settimeout(0.05)
    count = 0
    while True:
        try:
            trap.accept()[0].close()
        except TimeoutError:
            return count
        count += 1


class _Handler(BaseHTTPRequestHandler):
    def _say(self) -> None:
        made: Internet = self.server.internet  # type: ignore[attr-defined]
        name = f"{self.headers['Host']}{self.path}"
        made.asked.append(f"{self.command} {name}")
        page = made.pages.get(name, Page(status=404))
        status = page.head if self.command == "HEAD" and page.head else page.status
        self.send_response(status)
        for key, value in {"Content-Length": str(len(page.body)), **page.headers}.items():
            self.send_header(key, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(page.body)

    do_GET = do_HEAD = _say  # noqa: N815 -- the library's names

    def log_message(self, *_: object) -> None:
        """Nothing."""
