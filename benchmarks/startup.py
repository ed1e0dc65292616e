"""How long commands take before their work begins: a process of its own for each, the best of a few."""

from __future__ import annotations

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
        seconds(home, "case list")  # makes the store
        quick = {command: seconds(home, command) for command in QUICK}
        shown = {f"{name} --help": seconds(home, f"{name} --help") for name in COMMANDS}
    slowest = max({**quick, **shown}.items(), key=lambda item: item[1])
    return {"quick": quick, "help": shown, "slowest": dict([slowest]), "goal": GOAL}


def seconds(home: Path, command: str) -> float:
    """Best time of some runs. Raises `subprocess.CalledProcessError` where the command fails."""
    whole = [sys.executable, "-c", "from bot.cli import main; main()", "--home", str(home), *command.split()]
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        subprocess.run(whole, check=True, capture_output=True)
        taken.append(time.perf_counter() - begun)
    return round(min(taken), 3)
