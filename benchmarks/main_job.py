"""The main job on real input: import, rules and tone of the 1,107 customer-care messages, in a fresh process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

CARE = Path(__file__).resolve().parents[2] / "shared" / "data" / "care" / "posts.jsonl"
GOAL = {"seconds": 60, "megabytes": 700}
#: Runs the command line and says what it took, from inside the process that did the work.
PROBE = """
import json, resource, sys, time
begin = time.perf_counter()
from bot.cli import main
try:
    main(sys.argv[1:], standalone_mode=False)
except SystemExit as end:
    code = end.code or 0
else:
    code = 0
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"exit": code, "seconds": time.perf_counter() - begin, "megabytes": peak}))
"""


def run() -> dict[str, Any]:
    """Seconds and peak memory of ``oversight import`` with checks and tone."""
    if not CARE.is_file():
        return {"skipped": f"no shared data at {CARE}"}
    with tempfile.TemporaryDirectory() as home:
        begin = time.perf_counter()
        arguments = ["--home", home, "import", str(CARE), "--brand", "care", "--create"]
        environment = {**os.environ, "OVERSIGHT_LINK_KEYS": "a-key-for-measuring-only"}
        done = subprocess.run(
            [sys.executable, "-c", PROBE, *arguments],
            capture_output=True,
            text=True,
            check=True,
            env=environment,
        )
        wall = time.perf_counter() - begin
    measured = json.loads(done.stdout.splitlines()[-1])
    return {
        "posts": sum(1 for _ in CARE.open(encoding="utf-8")),
        "exit": measured["exit"],
        "seconds": round(wall, 2),
        "peak_megabytes": round(measured["megabytes"], 1),
        "goal": GOAL,
        "reached": wall < GOAL["seconds"] and measured["megabytes"] < GOAL["megabytes"],
    }


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
