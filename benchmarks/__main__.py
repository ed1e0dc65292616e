"""``python -m benchmarks [name ...]``: run all or some measurements and print one JSON object."""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import platform
import sys
from typing import Any

import benchmarks
from bot.logs import configure


def names() -> list[str]:
    """Names of all measurements."""
    return sorted(m.name for m in pkgutil.iter_modules(benchmarks.__path__) if not m.name.startswith("_"))


def machine() -> dict[str, Any]:
    """What it was measured on."""
    return {"python": platform.python_version(), "machine": platform.machine(), "cores": os.cpu_count()}


def main(wanted: list[str]) -> None:
    """Run and print."""
    unknown = sorted(set(wanted) - set(names()))
    if unknown:
        sys.exit(f"no benchmark {', '.join(unknown)}; known: {', '.join(names())}")
    configure("error")
    results: dict[str, Any] = {"machine": machine()}
    for name in wanted or names():
        print(f"measuring {name} …", file=sys.stderr)
        results[name] = importlib.import_module(f"benchmarks.{name}").run()
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main(sys.argv[1:])
