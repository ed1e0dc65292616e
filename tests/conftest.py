"""Fixtures that every room's tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real conversations and recordings that lies beside the checkout."""
    root = Path(os.environ.get("OVERSIGHT_SHARED_DATA", SHARED))
    if not root.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"CI must have the shared data, and there is none at {root}")
        pytest.skip(f"no shared data at {root}")
    return root
