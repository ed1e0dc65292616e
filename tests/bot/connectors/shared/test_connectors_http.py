"""Every wait ends, on a real socket."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
import requests

from benchmarks.attacks.frame import measured
from bot.connectors.shared.http import session
from bot.connectors.shared.limits import Limits
from bot.errors import AccountUnreachable

ORIGIN = "https://api.twitter.com"


@contextmanager
def server(*parts: bytes, pause: float = 0.0) -> Iterator[str]:
    """Accepts, reads a request and sends the parts one after another, with a pause before each."""
    listening = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(65536)
            try:
                for part in parts:
                    if stop.wait(pause):
                        return
                    connection.sendall(part)
            except OSError:
                return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        stop.set()
        listening.close()
        thread.join(5)


def get(base: str, limits: Limits | None = None, seen: list[Any] | None = None) -> requests.Response:
    judged: list[Any] = [] if seen is None else seen
    made = session("X", replaces={ORIGIN: base}, judge=judged.append, limits=limits or Limits(seconds=1.0))
    return made.get(f"{ORIGIN}/2/tweets?ids=1", headers={"Authorization": "Bearer t"})


def answer(body: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join([b"HTTP/1.1 200 OK", b"Content-Length: %d" % len(body), *headers, b"", body])


def test_the_address_is_replaced_and_the_judge_sees_the_whole_body() -> None:
    seen: list[requests.Response] = []
    packed = gzip.compress(b'{"a": 1}')
    with server(answer(packed, b"Content-Encoding: gzip")) as base:
        assert get(base, seen=seen).json() == {"a": 1}
        assert seen[0].url == f"{base}/2/tweets?ids=1"


def test_silence_ends() -> None:
    with server(b"x", pause=60) as base, pytest.raises(AccountUnreachable, match="in time"):
        get(base)


def test_a_body_that_drips_without_end_ends() -> None:
    """No single wait is long, so that no read timeout ever strikes."""
    drops = [b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", *[b"x"] * 900]
    with server(*drops, pause=0.05) as base, pytest.raises(AccountUnreachable, match="in time"):
        get(base)


@pytest.mark.fault(42)
def test_headers_that_drip_without_end_end() -> None:
    drops = [b"HTTP/1.1 200 OK\r\nX-Slow: ", *[b"x"] * 900]
    begun = time.monotonic()
    with server(*drops, pause=0.05) as base, pytest.raises(AccountUnreachable, match="in time"):
        get(base)
    assert time.monotonic() - begun < 20  # the last byte comes after 45


def packed(body: bytes, layers: int = 1) -> bytes:
    """The body in so many layers of gzip."""
    for _ in range(layers):
        body = gzip.compress(body)
    return body


@pytest.mark.fault(42)
@pytest.mark.parametrize("layers", [1, 2, 3])
def test_a_bomb_is_cut_off_while_it_is_unpacked(layers: int) -> None:
    bomb = _bomb(layers)
    named = b"Content-Encoding: " + b", ".join([b"gzip"] * layers)
    with server(answer(bomb, named)) as base:
        cost, error = measured(lambda: get(base, Limits(seconds=10.0)))
    assert isinstance(error, AccountUnreachable)
    assert error.code == "too-much"
    assert cost.megabytes < 100
    assert cost.seconds < 2


@cache
def _bomb(layers: int) -> bytes:
    """A gigabyte in about a megabyte, in further layers in a few kilobytes."""
    packer = zlib.compressobj(9, wbits=31)
    million = b"0" * 1_000_000
    first = b"".join([*[packer.compress(million) for _ in range(1000)], packer.flush()])
    return packed(first, layers - 1)


@pytest.mark.fault(42)
@pytest.mark.parametrize("part", [b"[]", b"{}", b"0", b'{"a":[]}'])
def test_an_answer_of_countless_small_parts_is_refused_before_it_is_read(part: bytes) -> None:
    body = b'{"data":[' + b",".join([part] * (2_000_000 // (len(part) + 1))) + b"]}"
    with server(answer(body)) as base:
        cost, error = measured(lambda: get(base, Limits(seconds=10.0)).json())
    assert isinstance(error, AccountUnreachable)
    assert error.code == "too-much"
    assert cost.megabytes < 100


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (packed(b"{}", 2), b"gzip, gzip"),
        (zlib.compress(b"{}"), b"deflate"),
        (zlib.compress(b"{}")[2:-4], b"deflate"),
        (packed(zlib.compress(b"{}")), b"deflate, gzip"),
        (b"{}", b"identity"),
    ],
    ids=["twice", "deflate", "deflate without a header", "both", "identity"],
)
def test_what_servers_may_send_is_unpacked(body: bytes, named: bytes) -> None:
    with server(answer(body, b"Content-Encoding: " + named)) as base:
        assert get(base).json() == {}


def test_no_redirect_leads_past_the_guard() -> None:
    away = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n"
    with server(away) as base, pytest.raises(requests.exceptions.InvalidSchema):
        get(base)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"not http at all\r\n\r\n",
        answer(b"no gzip", b"Content-Encoding: gzip"),
        answer(gzip.compress(b"{}")[:-9], b"Content-Encoding: gzip"),
        answer(gzip.compress(b"{}") + b"more", b"Content-Encoding: gzip"),
        answer(b"{}", b"Content-Encoding: br"),
    ],
    ids=["nothing", "cut", "cut chunk", "garbage", "no gzip", "cut gzip", "more than gzip", "not asked for"],
)
def test_a_broken_connection_is_said(sent: bytes) -> None:
    with server(sent) as base, pytest.raises(AccountUnreachable, match="broke the connection") as caught:
        get(base)
    assert not caught.value.permanent


def test_a_body_without_measure_is_refused() -> None:
    with server(answer(b"x" * 5000)) as base, pytest.raises(AccountUnreachable):
        get(base, Limits(seconds=1.0, max_body=1000))


def test_nobody_there_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(AccountUnreachable):
        get(f"http://127.0.0.1:{port}")


def test_a_netrc_does_not_replace_the_token(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine api.twitter.com login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with server(answer(b"{}")) as base:
        assert get(base).request.headers["Authorization"] == "Bearer t"


def test_a_proxy_for_the_platform_is_not_asked_for_the_replacement(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with server(answer(b"{}")) as base:
        assert get(base).json() == {}
