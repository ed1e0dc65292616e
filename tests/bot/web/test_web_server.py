"""The server that runs the pages in the daemon."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from web_seed import KIT, url_for

from bot.errors import ConfigError
from bot.links import Purpose
from bot.web.server import PageServer, serve


@pytest.fixture
def gate() -> threading.Event:
    return threading.Event()


@pytest.fixture
def server(gate: threading.Event) -> Iterator[PageServer]:
    def slow(_request: Any) -> PlainTextResponse:
        gate.wait(5)
        return PlainTextResponse("done")

    routes = [Route("/", lambda _request: PlainTextResponse("here")), Route("/slow", slow)]
    with serve(Starlette(routes=routes), "127.0.0.1", 0) as running:
        yield running


def test_it_answers_as_soon_as_it_is_started(server: PageServer) -> None:
    answer = httpx2.get(f"http://127.0.0.1:{server.port}/")
    assert answer.text == "here"
    assert "server" not in answer.headers


def test_a_port_that_is_taken_is_said(server: PageServer) -> None:
    with pytest.raises(ConfigError, match=f"Cannot listen on 127.0.0.1:{server.port}"):
        serve(Starlette(), "127.0.0.1", server.port)


def test_stopping_finishes_what_is_under_way(server: PageServer, gate: threading.Event) -> None:
    texts: list[str] = []
    asker = threading.Thread(
        target=lambda: texts.append(httpx2.get(f"http://127.0.0.1:{server.port}/slow").text)
    )
    asker.start()
    while not server.busy:
        gate.wait(0.01)
    stopper = threading.Thread(target=server.stop)
    stopper.start()
    gate.set()
    stopper.join(10)
    asker.join(10)
    assert texts == ["done"]
    assert not server.running
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", server.port), timeout=1)


def test_no_log_of_the_server_prints_a_token(
    live: Any, caplog: pytest.LogCaptureFixture, capsys: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    url = url_for(live.links, KIT, Purpose.QUEUE)
    token = url.rpartition("/")[2]
    assert httpx2.get(url).status_code == 303
    httpx2.get(url + "?utm_source=mail")
    httpx2.head(url)
    live.server.stop()
    printed = capsys.readouterr()
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("http")]
    assert token[:40] not in "".join([*ours, printed.out, printed.err])
    assert printed.out.count("/l/{token}") == 3
