"""How long commands take before their work begins: a process of its own for each, the best of a few.

Beside the seconds that somebody waits stand those of the processor, which another's load does not stretch.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bot.cli import COMMANDS
from bot.settings.starter import write_home

ROUNDS = 3
GOAL = {"--version": 0.2, "others": 1.0}  #: seconds
BRAND = {
    "brand": "crumb",
    "name": "Crumb",
    "time_zone": "UTC",
    "people": [{"id": "maya", "name": "Maya", "role": "owner", "email": "maya@example.org"}],
}
#: Commands of which all but a moment is the way to their work.
QUICK = ("--version", "--help", "case list", "roster", "link maya", "search bread", "export audit")


def run() -> dict[str, Any]:
    """Seconds for each quick command, and for the help of every command."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        write_home(home, env={"OVERSIGHT_LINK_KEYS": "only-for-this-measurement"}, brands=[BRAND])
        measured(home, "case list")  # makes the store
        quick = {command: measured(home, command) for command in QUICK}
        shown = {f"{name} --help": measured(home, f"{name} --help") for name in COMMANDS}
    slowest = max({**quick, **shown}.items(), key=lambda item: item[1]["processor_s"])
    return {"quick": quick, "help": shown, "slowest": dict([slowest]), "goal_s": GOAL}


def measured(home: Path, command: str) -> dict[str, float]:
    """Best times of some runs. Raises `subprocess.CalledProcessError` where the command fails."""
    whole = [sys.executable, "-c", "from bot.cli import main; main()", "--home", str(home), *command.split()]
    waited, worked = [], []
    for _ in range(ROUNDS):
        begun, before = time.perf_counter(), _processor()
        subprocess.run(whole, check=True, capture_output=True)
        waited.append(time.perf_counter() - begun)
        worked.append(_processor() - before)
    return {"waited_s": round(min(waited), 3), "processor_s": round(min(worked), 3)}


def _processor() -> float:
    """Seconds that all processes that have ended so far have worked."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
