"""Many connections that say nothing, or say it slowly."""

from __future__ import annotations

import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.attacks.frame import Outcome, attack
from benchmarks.attacks.stage import Service, page, service

MANY = 205  #: connections from one address
HEAD = b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "
FORM = b"POST /queue/crumb/case/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\na="
GOAL = 0.2  #: seconds in which a page for somebody else must come


@attack("web: idle connections")
def idle(folder: Path) -> Outcome:
    """205 connections from one address say nothing; a page and /healthz are asked from another one and the same."""
    return _crowded(folder, b"", pace=None)


@attack("web: half-sent requests")
def half_sent(folder: Path) -> Outcome:
    """205 connections from one address send half of a request and wait."""
    return _crowded(folder, HEAD, pace=None)


@attack("web: headers a byte a second")
def slow_headers(folder: Path) -> Outcome:
    """205 connections from one address send a header byte by byte, one each second, without an end."""
    return _crowded(folder, HEAD, pace=1.0)


@attack("web: bodies a byte a second")
def slow_bodies(folder: Path) -> Outcome:
    """205 connections from one address send a form byte by byte, one each second, without an end."""
    return _crowded(folder, FORM, pace=1.0)


@attack("web: a crowd from many addresses")
def many_addresses(folder: Path) -> Outcome:
    """600 half-sent requests from sixty addresses; a page is asked from another one."""
    return _crowded(folder, HEAD, pace=None, sources=[f"127.0.1.{n}" for n in range(1, 61)], many=600)


@attack("web: slow senders are let go")
def let_go(folder: Path) -> Outcome:
    """Ten connections send a byte a second; somebody looks when the service hangs up on them."""
    with service(folder) as running, _crowd(running, FORM, 10, ["127.0.0.2"], 1.0) as held:
        begun = time.monotonic()
        while held() and time.monotonic() - begun < 60:
            time.sleep(0.25)
        return Outcome(held=not held(), seen={"left": held(), "after_s": round(time.monotonic() - begun, 1)})


def _crowded(
    folder: Path, first: bytes, *, pace: float | None, sources: list[str] | None = None, many: int = MANY
) -> Outcome:
    others = sources or ["127.0.0.2"]
    with service(folder) as running:
        calm = [page(running.port, source="127.0.0.3").seconds for _ in range(11)][
            1:
        ]  # the first makes the page
        with _crowd(running, first, many, others, pace):
            time.sleep(1)
            asked = [page(running.port, source="127.0.0.3") for _ in range(10)]
            same = page(running.port, source=others[0])
            health = page(running.port, "/healthz", source="127.0.0.3")
    seconds = [one.seconds for one in asked]
    well = all(one.status == 200 for one in [*asked, health])
    seen = {
        "statuses": sorted({one.status for one in asked}),
        "median_ms": round(statistics.median(seconds) * 1000),
        "slowest_ms": round(max(seconds) * 1000),
        "slowest_without_crowd_ms": round(max(calm) * 1000),
        "same_address": same.status,
        "healthz": health.status,
        "healthz_ms": round(health.seconds * 1000),
    }
    return Outcome(held=well and max(statistics.median(seconds), health.seconds) < GOAL, seen=seen)


@contextmanager
def _crowd(
    running: Service, first: bytes, many: int, sources: list[str], pace: float | None
) -> Iterator[Callable[[], int]]:
    """Connections that begin so, and go on at this pace; gives how many of them the service still holds."""
    lines = [_line(running.port, sources[n % len(sources)], first) for n in range(many)]
    ended = threading.Event()

    def go_on() -> None:
        while not ended.wait(pace or 3600):
            for line in lines:
                _one_more(line)

    threading.Thread(target=go_on, daemon=True).start()
    try:
        yield lambda: sum(line is not None and _is_held(line) for line in lines)
    finally:
        ended.set()
        for line in lines:
            if line is not None:
                line.close()


def _line(port: int, source: str, first: bytes) -> socket.socket | None:
    try:
        line = socket.create_connection(("127.0.0.1", port), timeout=2, source_address=(source, 0))
        line.sendall(first)
    except OSError:
        return None
    return line


def _one_more(line: socket.socket | None) -> None:
    if line is not None:
        try:
            line.sendall(b"a")
        except OSError:
            return


def _is_held(line: socket.socket) -> bool:
    """Whether the other side has not hung up."""
    line.setblocking(False)
    try:
        return line.recv(4096) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False
