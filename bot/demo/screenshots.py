"""Pictures of pages by the Chromium of the machine, where there is one."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HEIGHT = 1800  #: pixels of a picture
TIMEOUT = 60  #: seconds for one picture


def find_chromium() -> str | None:
    """Path of a Chromium, None where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def screenshot(chromium: str, address: str, path: Path, *, width: int) -> Path:
    """Picture of a page at this width, in CSS pixels."""
    with tempfile.TemporaryDirectory() as profile:
        command = [
            chromium,
            "--headless=new",
            "--disable-gpu",
            "--hide-scrollbars",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            f"--user-data-dir={profile}",
            f"--window-size={width},{HEIGHT}",
            f"--screenshot={path.resolve()}",
            # Chromium refuses its own sandbox to root, as in containers; only our own pages are opened.
            *(["--no-sandbox"] if os.geteuid() == 0 else []),
            address,
        ]
        subprocess.run(command, check=True, timeout=TIMEOUT, capture_output=True)  # noqa: S603 -- fixed words
    return path
