"""Crowds at the door: idle, half-sent and slow connections shut nobody out, and each ends by itself."""

from __future__ import annotations

import http.client
import socket
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from ipaddress import ip_network
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from web_seed import KIT, url_for

from bot.links import Purpose
from bot.web import server as server_module
from bot.web.gate import apart, door
from bot.web.gate.apart import Apart
from bot.web.gate.door import DEADLINES, Doing, sender
from bot.web.gate.turns import Turns, client_of
from bot.web.server import serve

HEAD = b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "
BODY = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\na="
OURS = (ip_network("127.0.0.1"), ip_network("10.0.0.0/8"))


@contextmanager
def crowd(port: int, first: bytes, many: int, source: str = "127.0.0.2") -> Iterator[list[socket.socket]]:
    """Connections that begin so and then wait."""
    lines = []
    for _ in range(many):
        line = socket.create_connection(("127.0.0.1", port), timeout=5, source_address=(source, 0))
        line.sendall(first)
        lines.append(line)
    try:
        yield lines
    finally:
        for line in lines:
            line.close()


def asked(port: int, source: str, path: str = "/") -> tuple[int, float]:
    begun = time.perf_counter()
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10, source_address=(source, 0))
    line.request("GET", path)
    status = line.getresponse().status
    line.close()
    return status, time.perf_counter() - begun


def held(lines: list[socket.socket]) -> int:
    return sum(not ended(line) for line in lines)


def ended(line: socket.socket) -> bool:
    line.setblocking(False)
    try:
        while line.recv(65536):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


@pytest.mark.fault(41)
@pytest.mark.parametrize("first", [b"", HEAD, BODY], ids=["idle", "half a head", "half a body"])
def test_two_hundred_that_wait_shut_nobody_out(live: Any, first: bytes) -> None:
    asked(live.server.port, "127.0.0.3")
    with crowd(live.server.port, first, 205) as lines:
        answers = [asked(live.server.port, "127.0.0.3") for _ in range(9)]
        assert {status for status, _ in answers} == {200}
        assert statistics.median(seconds for _, seconds in answers) < 0.2
        assert (
            asked(live.server.port, "127.0.0.2")[0] == 200
        )  # a colleague behind the same address comes in too
        assert asked(live.server.port, "127.0.0.3", "/healthz")[0] == 200
        assert held(lines) <= door.MOST_EACH


@pytest.mark.fault(41)
def test_a_crowd_from_everywhere_makes_room_for_who_asks() -> None:
    with serve(Starlette(routes=[Route("/", _here)]), "127.0.0.1", 0) as server, ExitStack() as crowds:
        lines = [
            line
            for source in range(10, 22)
            for line in crowds.enter_context(crowd(server.port, HEAD, 40, f"127.0.0.{source}"))
        ]
        assert asked(server.port, "127.0.0.9")[0] == 200
        assert held(lines) <= door.MOST


@pytest.mark.fault(41)
def test_where_all_are_being_answered_one_more_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()

    def slow(_request: Request) -> Response:
        gate.wait(20)
        return PlainTextResponse("done")

    monkeypatch.setattr(server_module, "Door", lambda **_: door.Door(most_each=2))
    with (
        serve(Starlette(routes=[Route("/", slow)]), "127.0.0.1", 0) as server,
        crowd(server.port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 2) as lines,
    ):
        while len(server.connections) < 2 or any(line.waits for line in server.connections):
            time.sleep(0.02)
        with pytest.raises((OSError, http.client.HTTPException)):
            asked(server.port, "127.0.0.2")
        assert held(lines) == 2
        gate.set()


@pytest.mark.fault(41)
@pytest.mark.parametrize(("first", "stage"), [(HEAD, Doing.HEAD), (BODY, Doing.BODY)], ids=["head", "body"])
def test_a_byte_now_and_then_gains_no_time(
    first: bytes, stage: Doing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(DEADLINES, stage, 1.0)
    app = Starlette(routes=[Route("/", _read, methods=["GET", "POST"])])
    with serve(app, "127.0.0.1", 0) as server, crowd(server.port, first, 1) as (line,):
        begun = time.monotonic()
        while not ended(line) and time.monotonic() - begun < 8:
            time.sleep(0.2)
            _push(line)
        assert 0.8 < time.monotonic() - begun < 6


@pytest.mark.fault(41)
def test_who_does_not_take_the_answer_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DEADLINES, Doing.ANSWER, 1.0)
    large = Starlette(routes=[Route("/", lambda _request: Response(b"x" * 30_000_000))])
    with (
        serve(large, "127.0.0.1", 0) as server,
        crowd(server.port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 1),
    ):
        begun = time.monotonic()
        while server.connections and time.monotonic() - begun < 20:
            time.sleep(0.1)
        assert not server.connections


@pytest.mark.fault(41)
def test_nobody_has_all_the_threads() -> None:
    gate = threading.Event()

    def slow(_request: Request) -> Response:
        gate.wait(20)
        return PlainTextResponse("done")

    inner = Starlette(routes=[Route("/slow", slow), Route("/", _here)])
    with (
        serve(Turns(inner, most=3), "127.0.0.1", 0) as server,
        crowd(server.port, b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n", 3),
    ):
        while asked(server.port, "127.0.0.2")[0] != 429:
            time.sleep(0.05)
        assert asked(server.port, "127.0.0.3")[0] == 200
        gate.set()


@pytest.mark.fault(41)
def test_health_needs_no_thread_of_the_pages(live: Any) -> None:
    answers = [asked(live.server.port, "127.0.0.3", "/healthz") for _ in range(3)]
    assert {status for status, _ in answers} == {200}


@pytest.mark.fault(41)
def test_many_questions_for_health_are_one() -> None:
    asked_for = []
    report = Apart(lambda: asked_for.append(1) or {"ok": True}, "test")  # type: ignore[func-returns-value]
    app = Starlette(routes=[Route("/healthz", _json_of(report))])
    with TestClient(app) as client:
        for _ in range(20):
            assert client.get("/healthz").text == "{'ok': True}"
    assert len(asked_for) < 5


@pytest.mark.fault(41)
def test_health_that_hangs_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "PATIENCE", 0.2)
    gate = threading.Event()
    app = Starlette(routes=[Route("/healthz", _json_of(Apart(lambda: gate.wait(5), "test")))])
    with TestClient(app, raise_server_exceptions=False) as client:
        assert client.get("/healthz").status_code == 500
    gate.set()


@pytest.mark.parametrize(
    ("peer", "said", "who"),
    [
        ("203.0.113.5", "198.51.100.7", "203.0.113.5"),  # no proxy of ours: what it says is not believed
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "1.2.3.4, 198.51.100.7", "198.51.100.7"),  # the first was written by the asker
        ("127.0.0.1", "198.51.100.7, 10.1.2.3", "198.51.100.7"),  # two proxies of ours
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "rubbish", "rubbish"),
    ],
)
def test_only_our_own_proxy_says_who_asks(peer: str, said: str, who: str) -> None:
    headers = [(b"x-forwarded-for", said.encode())] if said else []
    assert client_of({"type": "http", "client": (peer, 1), "headers": headers}, OURS) == who


@pytest.mark.parametrize(
    ("address", "who"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_a_household_is_one(address: str, who: str) -> None:
    assert sender(address) == who


@pytest.mark.parametrize("path", ["/queue/lumen/", "/nowhere/", "//evil.example/"])
def test_no_redirect_follows_a_foreign_host(live: Any, path: str) -> None:
    line = http.client.HTTPConnection("127.0.0.1", live.server.port, timeout=5)
    line.request("GET", path, headers={"Host": "evil.example"})
    answer = line.getresponse()
    assert answer.status in (403, 404)
    assert "evil" not in str(answer.getheaders())
    line.close()


def test_a_slash_too_many_does_no_harm(live: Any) -> None:
    url = url_for(live.links, KIT, Purpose.QUEUE)
    line = http.client.HTTPConnection("127.0.0.1", live.server.port, timeout=5)
    line.request("GET", url.removeprefix(live.base) + "/")
    answer = line.getresponse()
    assert (answer.status, answer.getheader("location")) == (303, "/queue/lumen")
    assert answer.getheader("referrer-policy") == "no-referrer"
    line.close()


def _here(_request: Request) -> Response:
    return PlainTextResponse("here")


async def _read(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


def _json_of(report: Apart[Any]) -> Any:
    async def answer(_request: Request) -> Response:
        return PlainTextResponse(str(await report.answer()))

    return answer


def _push(line: socket.socket) -> None:
    try:
        line.sendall(b"a")
    except OSError:
        return
