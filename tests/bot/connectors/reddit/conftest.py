"""Fixtures of this folder."""

from __future__ import annotations

import time
from typing import Any

import pytest
import responses
from reddit_stage import GRANTED, TOKEN


@pytest.fixture(autouse=True)
def nobody_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    def slept(seconds: float) -> None:
        raise AssertionError(f"slept for {seconds} s inside a job")

    monkeypatch.setattr(time, "sleep", slept)


@pytest.fixture
def net() -> Any:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        mocked.post(TOKEN, json=GRANTED)
        yield mocked
