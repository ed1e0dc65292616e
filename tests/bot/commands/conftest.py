"""A command line for each test, and the model opened once for all of them."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from cli_stage import Cli

from bot import wiring


@pytest.fixture(scope="session")
def opened_models(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    """`scorer_for`, which opens the shipped model once."""
    home = tmp_path_factory.mktemp("models")
    open_once = functools.cache(lambda: original(service_of(), home))
    original = wiring.scorer_for
    return lambda _service, _home: open_once()


def service_of():  # type: ignore[no-untyped-def]
    """Settings without any value."""
    from bot.settings.service import Environment

    return Environment(Path("/nonexistent"), {}).service()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, opened_models) -> Iterator[None]:  # type: ignore[no-untyped-def]
    """The real model, opened once; logging as it was, since the runner's streams end with the command."""
    monkeypatch.setattr("bot.wiring.scorer_for", opened_models)
    yield
    structlog.reset_defaults()


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command line on an empty home folder, which is not the working directory."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    return Cli(home=tmp_path / "home")
