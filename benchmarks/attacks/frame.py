"""What an attack is, and how one runs: in a process of its own, so that no bomb takes the others along.

Attacks speak to the program as an attacker would: to the service over loopback, to a connector by a hostile server,
to the command line. Names that only newer versions have are asked for carefully, so that the same attacks can be
run against an older checkout.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import benchmarks.attacks

PATIENCE = 150  #: seconds until an attack that does not end counts as a success of the attacker
MOST_MEMORY = 8 * 2**30  #: bytes of address space, so that a bomb ends in the attacked process
MEGABYTE = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an attack ended."""

    held: bool  #: whether the program stood it
    seen: dict[str, Any] = field(default_factory=dict)  #: what was measured or read, as JSON


#: an attack: what it may write into -> how it ended
Attack = Callable[[Path], Outcome]
_KNOWN: dict[str, Attack] = {}


def attack(name: str) -> Callable[[Attack], Attack]:
    """Put an attack on the list. Its docstring says what is done."""

    def keep(function: Attack) -> Attack:
        if name in _KNOWN:
            raise ValueError(f"two attacks are called {name!r}")
        _KNOWN[name] = function
        return function

    return keep


def known() -> dict[str, Attack]:
    """All attacks of this folder's modules, by name."""
    for module in pkgutil.iter_modules(benchmarks.attacks.__path__):
        if not module.name.startswith("_"):
            importlib.import_module(f"benchmarks.attacks.{module.name}")
    return dict(sorted(_KNOWN.items()))


def tried(name: str) -> dict[str, Any]:
    """One attack in a process of its own: what is done, what was seen, whether it held."""
    begun = time.monotonic()
    command = [sys.executable, "-m", "benchmarks.attacks", "--inside", name]
    says = " ".join((known()[name].__doc__ or "").split())
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
        last = ended.stdout.strip().rpartition("\n")[2]
        found = json.loads(last) if last.startswith("{") else _broke(ended)
    except subprocess.TimeoutExpired:
        found = {"held": False, "seen": {"error": f"did not end within {PATIENCE} s"}}
    return {"attack": name, "what": says, **found, "seconds": round(time.monotonic() - begun, 1)}


def _broke(ended: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    return {"held": False, "seen": {"error": ended.stderr.strip()[-400:], "exit": ended.returncode}}


def inside(name: str) -> None:
    """Run one attack here and print how it ended. A traceback of the program means that it did not hold."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    with tempfile.TemporaryDirectory() as folder:
        try:
            ended = known()[name](Path(folder))
        except Exception as error:  # noqa: BLE001 -- whatever it is, the attack is reported
            ended = Outcome(held=False, seen={"error": f"{type(error).__name__}: {error}"[:400]})
        print(json.dumps({"held": bool(ended.held), "seen": ended.seen}, default=str), flush=True)
    os._exit(0)  # threads that an attack left behind end here


@dataclass
class Cost:
    """What a piece of work took: processor seconds, and how far this process grew."""

    seconds: float = 0.0
    megabytes: float = 0.0

    @property
    def bearable(self) -> bool:
        """Whether it keeps to what is promised for inputs of at most 2 MB."""
        return self.seconds <= 2 and self.megabytes <= 200

    def seen(self) -> dict[str, float]:
        """For the outcome."""
        return {"seconds": round(self.seconds, 2), "grew_mb": round(self.megabytes, 1)}


def measured(work: Callable[[], object]) -> tuple[Cost, object]:
    """What the work took, and its result or the exception that it raised."""
    _forget_peak()
    before, begun = _memory("VmRSS"), time.process_time()
    try:
        result: object = work()
    except Exception as error:  # noqa: BLE001 -- a refusal is a result here
        result = error
    spent = time.process_time() - begun
    return Cost(seconds=spent, megabytes=(_memory("VmHWM") - before) / 1024), result


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _memory(name: str) -> int:
    """Kilobytes of this process by /proc."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))
