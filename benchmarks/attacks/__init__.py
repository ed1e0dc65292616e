"""Attacks on the program, each by name: what was done, what was seen, and whether it held.

    python -m benchmarks.attacks            all of them, as JSON
    python -m benchmarks.attacks web slow   those whose names contain one of these words

Run from the root of an older checkout that this folder was copied into, it attacks that one.
"""

from __future__ import annotations

from typing import Any


def run(wanted: list[str] | None = None) -> dict[str, Any]:
    """Try all attacks, or those whose names contain a wanted word."""
    from benchmarks.attacks.frame import known, tried

    names = [name for name in known() if not wanted or any(word in name for word in wanted)]
    tries = [tried(name) for name in names]
    held = sum(one["held"] for one in tries)
    return {
        "tried": len(tries),
        "held": held,
        "not_held": [t["attack"] for t in tries if not t["held"]],
        "attacks": tries,
    }
