"""A real store, the real application, and a browser where there is one."""

from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from browser_stage import PHONE
from starlette.applications import Starlette
from starlette.testclient import TestClient
from web_seed import BRAND, BRANDS, KEYS, NOW, PEOPLE

from bot.links import Links
from bot.queue.embedded import EmbeddedQueue
from bot.web.app import create_app
from bot.web.server import PageServer, serve
from policies.model.keys import AccountKey
from storage.engines import open_store
from storage.store import Store

CHROMIUM = Path("/usr/bin/chromium")


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(str(tmp_path / "oversight.db")) as opened:
        for brand, handle in ((BRAND, "lumenbakery"), ("other", "othershop")):
            opened.brands.sync(
                brand, accounts=[AccountKey(platform="x", handle=handle)], people=PEOPLE, now=NOW
            )
        yield opened


@pytest.fixture
def links() -> Links:
    return Links(KEYS, "http://testserver")


def application(store: Store, links: Links, clock: Clock) -> Starlette:
    return create_app(
        store=store,
        queue=EmbeddedQueue(store),
        links=links,
        brands=BRANDS,
        clock=clock,
        health=lambda: {"ok": True, "store": "ok"},
        metrics=lambda: b"oversight_up 1\n",
        secure_cookies=False,
    )


@pytest.fixture
def client(store: Store, links: Links, clock: Clock) -> TestClient:
    app = application(store, links, clock)
    return TestClient(app, base_url="http://testserver", follow_redirects=False)


@dataclass
class Live:
    """The application on a loopback port of its own, and the links that lead to it."""

    server: PageServer
    links: Links
    store: Store
    clock: Clock

    @property
    def base(self) -> str:
        return self.links.origin


@pytest.fixture
def live(store: Store, clock: Clock) -> Iterator[Live]:
    links = Links(KEYS, f"http://127.0.0.1:{_free_port()}")
    port = int(links.origin.rpartition(":")[2])
    with serve(application(store, links, clock), "127.0.0.1", port) as server:
        yield Live(server=server, links=links, store=store, clock=clock)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


@pytest.fixture
def browse(chromium: Any) -> Iterator[Any]:
    """Opens a page of the given size; everything is closed at the end."""
    contexts = []

    def opened(size: dict[str, int] = PHONE, **options: Any) -> Any:
        context = chromium.new_context(viewport=size, **options)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def elsewhere() -> Iterator[Any]:
    """Another site, on which a test writes the page."""

    class Site(http.server.BaseHTTPRequestHandler):
        page = b""

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(type(self).page)

        def log_message(self, *_: Any) -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        Site.address = f"http://localhost:{server.server_port}/"  # type: ignore[attr-defined]
        yield Site
        server.shutdown()
