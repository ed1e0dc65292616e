"""Sandboxes for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from typing import Any

import pytest
from sandbox_clients import Open

from bot.sandbox import Publish, Sandbox, SandboxClock, Story, story_of


@pytest.fixture
def open_box() -> Iterator[Open]:
    """Starts sandboxes for stories or posts; all are stopped after the test."""
    with ExitStack() as stack:

        def start(
            *posts: Publish, story: Story | None = None, at: datetime | None = None, **options: Any
        ) -> Sandbox:
            told = story or story_of(*posts)
            box = Sandbox(told, SandboxClock(at or told.end), **options)
            return stack.enter_context(box)

        yield start
