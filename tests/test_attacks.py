"""The list of attacks: each is named once, says what it does, and a broken one never counts as held."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.attacks import frame


@pytest.fixture
def lists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame, "_KNOWN", dict(frame.known()))


def test_each_attack_says_what_is_done() -> None:
    for name, attack in frame.known().items():
        assert len((attack.__doc__ or "").split()) > 5, name
        assert ": " in name


def test_no_two_attacks_have_one_name(lists: None) -> None:
    name = next(iter(frame.known()))
    with pytest.raises(ValueError, match="two attacks"):
        frame.attack(name)(lambda _folder: frame.Outcome(held=True))


def test_what_breaks_did_not_hold() -> None:
    code = (
        "from benchmarks.attacks import frame\n"
        "@frame.attack('a: b')\n"
        "def broken(folder):\n    raise OSError('no')\n"
        "frame.inside('a: b')"
    )
    root = Path(__file__).parents[1]
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root)
    assert json.loads(ended.stdout) == {"held": False, "seen": {"error": "OSError: no"}}


def test_what_work_takes_is_measured() -> None:
    cost, result = frame.measured(lambda: len(bytearray(300 * frame.MEGABYTE)))
    assert cost.megabytes > 250
    assert not cost.bearable
    assert result == 300 * frame.MEGABYTE
    cost, result = frame.measured(lambda: 1 / 0)
    assert isinstance(result, ZeroDivisionError)
    assert cost.bearable


@pytest.mark.fault(42)
@pytest.mark.parametrize("name", [name for name in frame.known() if name.startswith("platforms: ")])
def test_no_platform_takes_the_program_down(name: str) -> None:
    found = frame.tried(name)
    assert found["held"], found


QUICK = ("access: live links", "small: escape codes")


@pytest.mark.parametrize("name", [name for name in frame.known() if name.startswith(QUICK)])
def test_what_one_command_shows_holds(name: str) -> None:
    found = frame.tried(name)
    assert found["held"], found
