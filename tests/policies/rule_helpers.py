"""Rules and posts in a line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from policies.engine import Context, Engine
from policies.loader import load
from policies.model.finding import Finding
from policies.model.keys import PostKey
from policies.model.post import Direction, Kind, Post
from policies.model.thread import Thread

NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)
RULE: dict[str, Any] = {
    "id": "a-rule",
    "title": "A rule",
    "topic": "a-topic",
    "severity": "warn",
    "why": "Because somebody wants it so.",
}


class _Plain(yaml.SafeDumper):
    """Writes everything out."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def pack(folder: Path, *rules: dict[str, Any], name: str = "own", **info: Any) -> Path:
    """Write a pack and name its folder."""
    root = folder / name
    root.mkdir(exist_ok=True)
    data: dict[str, Any] = {"rules": [{**RULE, **rule} for rule in rules]}
    if info:
        data["pack"] = {"title": "Own", "about": "Own rules.", **info}
    text = yaml.dump(data, Dumper=_Plain, allow_unicode=True, sort_keys=False)
    (root / "pack.yaml").write_text(text, encoding="utf-8")
    return root


def engine(folder: Path, *rules: dict[str, Any], **info: Any) -> Engine:
    """An engine over some rules."""
    return Engine(load([pack(folder, *rules, **info)]))


def post(text: str, **changes: Any) -> Post:
    """An outbound post."""
    base = Post(
        key=PostKey(platform="x", account="brand", external_id="1"),
        thread_id="1",
        parent_id=None,
        direction=Direction.OUTBOUND,
        kind=Kind.POST,
        author="brand",
        created_at=NOW,
        text=text,
    )
    return replace(base, **changes)


def talk(*turns: tuple[str, str, float]) -> Thread:
    """A conversation from (who, text, hours after the first); ``brand`` is outbound."""
    posts: list[Post] = []
    for number, (who, text, hours) in enumerate(turns):
        ours = who == "brand"
        posts.append(
            post(
                text,
                key=PostKey(platform="x", account="brand", external_id=str(number)),
                thread_id="0",
                parent_id=str(number - 1) if number else None,
                author=who,
                direction=Direction.OUTBOUND if ours else Direction.INBOUND,
                kind=Kind.REPLY if number else Kind.POST,
                created_at=NOW + timedelta(hours=hours),
            )
        )
    return Thread(thread_id="0", posts=tuple(posts))


def found(eng: Engine, text: str, context: Context | None = None, **changes: Any) -> list[Finding]:
    """Findings of a text."""
    return eng.check(post(text, **changes), context or Context())


def words(eng: Engine, text: str, **changes: Any) -> list[str]:
    """Matched words of a text's findings."""
    return [finding.matched for finding in found(eng, text, **changes)]
