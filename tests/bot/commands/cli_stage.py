"""The real command line on a home folder of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from bot.cli import main
from bot.settings.starter import write_home

KEY = "a-key-that-is-only-for-these-tests"


@dataclass(frozen=True)
class Cli:
    """Runs commands on one home folder; a traceback is a failure of the test."""

    home: Path

    def __call__(self, *arguments: str | Path, input: str | bytes | None = None) -> Result:  # noqa: A002
        result = CliRunner().invoke(main, ["--home", str(self.home), *map(str, arguments)], input=input)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def set_up(self, brand: dict[str, Any] | None = None, **env: str) -> None:
        """Write `.env` and one brand."""
        write_home(self.home, env={"OVERSIGHT_LINK_KEYS": KEY, **env}, brands=[brand or brand_file()])

    def write(self, *posts: dict[str, Any], more: str = "", name: str = "posts.jsonl") -> Path:
        """A file in the import format, with more lines as they are."""
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(post) + "\n" for post in posts) + more, encoding="utf-8")
        return path


def brand_file(**changes: Any) -> dict[str, Any]:
    """brand.yaml without accounts, so that nothing needs a platform. Only the starter pack, which is quick."""
    return {
        "brand": "bakery",
        "name": "Juniper & Rye",
        "time_zone": "America/New_York",
        "accounts": [],
        "policies": ["starter"],
        "people": [
            {"id": "maya", "name": "Maya", "role": "owner", "email": "maya@example.org"},
            {"id": "theo", "name": "Theo", "role": "staff"},
            {"id": "tk", "name": "Tom [x]", "role": "agency", "email": "tk@example.org", "marks": ["^TK"]},
        ],
        **changes,
    }


def post(number: int, text: str = "Fresh bread today.", **changes: Any) -> dict[str, Any]:
    """One line of the import format."""
    return {
        "platform": "x",
        "account": "juniperandrye",
        "external_id": f"p{number}",
        "direction": "outbound",
        "kind": "post",
        "author": "juniperandrye",
        "created_at": f"2026-11-0{1 + number % 9}T12:00:00Z",
        "text": text,
        **changes,
    }
