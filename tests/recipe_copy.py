"""Recipes are followed in a copy of the rooms that they change."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def ran(folder: Path, *arguments: str, rooms: tuple[str, ...] = ()) -> str:
    """What a Python program says that finds our packages in this folder first, and helpers in these rooms of tests."""
    path = ":".join(map(str, (folder, ROOT, *(ROOT / room for room in rooms))))
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={"PYTHONPATH": path, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def changed(copy: Path, *folders: str) -> set[str]:
    """The files that are there in the repository and differ in a copy of its folders."""
    files = [path.relative_to(ROOT) for folder in folders for path in (ROOT / folder).rglob("*.*")]
    there = [path for path in files if (copy / path).is_file() and "__pycache__" not in path.parts]
    return {str(path) for path in there if (copy / path).read_bytes() != (ROOT / path).read_bytes()}
