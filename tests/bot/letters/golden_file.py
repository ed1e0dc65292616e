"""Golden files: what a mail should say, word for word. ``OVERSIGHT_UPDATE_GOLDEN=1`` writes them anew."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "golden"


def check(name: str, content: str) -> None:
    """Compares with the golden file of that name."""
    path = FOLDER / name
    if os.environ.get("OVERSIGHT_UPDATE_GOLDEN") == "1":
        path.write_text(content, encoding="utf-8", newline="\n")
    assert path.is_file(), f"{path} is missing; set OVERSIGHT_UPDATE_GOLDEN=1 to write it"
    assert content == path.read_text(encoding="utf-8"), (
        f"{name} changed; if that is meant, set OVERSIGHT_UPDATE_GOLDEN=1 and read the difference"
    )
