"""Fixtures that every room's tests share."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from encryption import Encryption
from structlog.testing import capture_logs

CHROMIUM = Path("/usr/bin/chromium")
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


@pytest.fixture
def quiet() -> Iterator[list[Any]]:
    """What was logged; kept from the screen, where laying out the locals of a traceback can take minutes."""
    with capture_logs() as lines:
        yield lines


@pytest.fixture
def encryption(authority: trustme.CA) -> Encryption:
    """Both ends of an encrypted connection, new for each test since a test may change them."""
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("shop.example", "localhost", "127.0.0.1").configure_cert(server)
    authority.configure_trust(client)
    return Encryption(server=server, client=client)


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """A certificate authority that nobody outside this run trusts."""
    return trustme.CA()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for all tests of a process: Playwright refuses to be started twice."""
    if not CHROMIUM.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium at /usr/bin/chromium, and CI must have one")
        pytest.skip("no Chromium at /usr/bin/chromium")
    from playwright.sync_api import sync_playwright

    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    quiet += ["--disable-component-update", "--disable-sync"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=quiet)
        yield browser
        browser.close()
