"""What attacks stand on: a home folder, the service as people run it, and clients with manners or without."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.settings.home import Home, load_home
from bot.settings.starter import write_home

KEY = "a-key-that-is-only-for-attacks"
BRAND: dict[str, Any] = {
    "brand": "crumb",
    "name": "Crumb",
    "time_zone": "UTC",
    "people": [
        {"id": "maya", "name": "Maya", "role": "owner", "email": "maya@example.org"},
        {"id": "tom", "name": "Tom", "role": "owner", "email": "tom@example.org"},
        {"id": "kit", "name": "Kit", "role": "agency", "email": "kit@example.org"},
    ],
}


def free_port() -> int:
    """A port of loopback that nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


def make_home(folder: Path, *, port: int = 8080, brand: Mapping[str, Any] = BRAND, **env: str) -> Home:
    """A home folder with one brand, read back."""
    settings = {"OVERSIGHT_LINK_KEYS": KEY, "OVERSIGHT_LISTEN_PORT": str(port), **env}
    write_home(folder, env=settings, brands=[dict(brand)])
    return load_home(folder, process={})


def oversight(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """One run of the command line."""
    return subprocess.run(
        [*_PROGRAM, "--home", str(home), *words], capture_output=True, text=True, timeout=120, check=False
    )


_PROGRAM = (sys.executable, "-c", "from bot.cli import main; main()")


@dataclass
class Service:
    """The service in a process of its own."""

    home: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def origin(self) -> str:
        """Where its pages are."""
        return f"http://127.0.0.1:{self.port}"

    def link(self, person: str) -> str:
        """A link for somebody, from the command line."""
        words = oversight(self.home, "link", person).stdout.split()
        return next(word for word in words if "/l/" in word)

    def memory_mb(self) -> float:
        """How much the process holds."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


@contextmanager
def service(folder: Path, *, brand: Mapping[str, Any] = BRAND, **env: str) -> Iterator[Service]:
    """`oversight run` over a fresh home, ended by SIGTERM."""
    port = free_port()
    make_home(folder, port=port, brand=brand, **env)
    log = (folder / "service.log").open("wb")
    process = subprocess.Popen([*_PROGRAM, "--home", str(folder), "run"], stdout=log, stderr=log)
    running = Service(home=folder, port=port, process=process)
    try:
        _until_up(running)
        yield running
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()


def _until_up(running: Service) -> None:
    for _ in range(300):
        if running.process.poll() is not None:
            raise RuntimeError((running.home / "service.log").read_text("utf-8", "replace")[-300:])
        try:
            socket.create_connection(("127.0.0.1", running.port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("the service did not start")


@dataclass
class Page:
    """What came back for one request."""

    status: int  #: 0 where nothing did
    seconds: float
    headers: Mapping[str, str]
    text: str = ""


def page(
    port: int,
    path: str = "/",
    *,
    source: str = "127.0.0.1",
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: str | None = None,
    patience: float = 5,
) -> Page:
    """Ask for a page from this address of loopback, as a browser does."""
    begun = time.perf_counter()
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=patience, source_address=(source, 0))
    try:
        line.request(method, path, body=body, headers=dict(headers or {}))
        answer = line.getresponse()
        text = answer.read().decode("utf-8", "replace")
        status, shown = answer.status, {name.lower(): value for name, value in answer.getheaders()}
    except (OSError, http.client.HTTPException):
        status, shown, text = 0, {}, ""
    finally:
        line.close()
    return Page(status=status, seconds=time.perf_counter() - begun, headers=shown, text=text)
