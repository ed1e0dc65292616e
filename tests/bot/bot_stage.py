"""The fault tests' stage, for the tests of the service's parts."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "faults"))


def eventually(holds: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Wait until something holds; fails only where it never does."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def ended(service: subprocess.Popen[str], within: float) -> tuple[str, float]:
    """What a service says to the end when it is told to stop, and the seconds that it takes."""
    told = time.monotonic()
    service.send_signal(signal.SIGTERM)
    _, said = service.communicate(timeout=within)
    return said, time.monotonic() - told


def free_port() -> int:
    """A port on loopback that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def health(port: int) -> tuple[int, dict[str, object]]:
    """Status and body of /healthz; (0, {}) where nobody listens."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)
    except OSError:
        return 0, {}


def oversight(home: Path, *arguments: str) -> subprocess.Popen[str]:
    """The program itself, in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", "from bot.cli import main; main()", "--home", str(home), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(__file__).parents[2])},
    )
