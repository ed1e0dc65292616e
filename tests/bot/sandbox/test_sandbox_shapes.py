"""What the sandbox serves has the names and types that the platforms' recorded answers have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.connectors.loopback.world import World
from bot.connectors.reddit.fake.payload import inbox_entry, thing
from bot.sandbox import load_story
from bot.sandbox.fakes import natures

pytestmark = pytest.mark.shared_data
Seen = dict[str, set[type]]


def types_of(things: list[dict[str, Any]]) -> Seen:
    seen: Seen = {}
    for one in things:
        for key, value in one.items():
            seen.setdefault(key, set()).add(type(value))
    return seen


def recorded(folder: Path, name: str, kind: str) -> Seen:
    tape = json.loads((folder / "recordings" / "reddit" / name).read_text(encoding="utf-8"))
    found = []
    for exchange in tape.get("http_interactions") or tape["interactions"]:
        body = exchange["response"]["body"]
        answer = json.loads(body["string"] if isinstance(body, dict) else body)
        for page in answer if isinstance(answer, list) else [answer]:
            if page.get("kind") == "Listing":
                found += [child["data"] for child in page["data"]["children"] if child["kind"] == kind]
    return types_of(found)


def merge(*many: Seen) -> Seen:
    out: Seen = {}
    for seen in many:
        for key, kinds in seen.items():
            out.setdefault(key, set()).update(kinds)
    return out


def unlike(served: Seen, truth: Seen) -> list[str]:
    """Names that were never recorded, and values of a type never recorded under that name."""
    bad = [key for key in served if key not in truth]
    return bad + [
        f"{key}: {served[key] - truth[key]}" for key in served if key in truth and served[key] - truth[key]
    ]


def test_reddit_comments_and_submissions(shared_data: Path) -> None:
    story = load_story("bakery")
    items = World(story, natures()).items("reddit")
    served = {
        kind: types_of([t["data"] for t in (thing(i, story.end) for i in items) if t["kind"] == kind])
        for kind in ("t1", "t3")
    }
    comments = merge(
        recorded(shared_data, "TestRedditorListings.test_comments__new.json", "t1"),
        recorded(shared_data, "TestCommentForest.test_replace__all_large.json", "t1"),
        recorded(shared_data, "TestInbox.test_mention__refresh.json", "t1"),
    )
    submissions = merge(
        recorded(shared_data, "TestRedditorListings.test_submissions__new.json", "t3"),
        recorded(shared_data, "TestInbox.test_mention__refresh.json", "t3"),
    )
    assert unlike(served["t1"], comments) == []
    assert unlike(served["t3"], submissions) == []


def test_reddit_inbox(shared_data: Path) -> None:
    story = load_story("bakery")
    world = World(story, natures())
    owner = world.brand("reddit")
    assert owner is not None
    replies = [i for i in world.items("reddit") if i.parent and i.parent.author is owner]
    served = types_of([inbox_entry(i, story.end, kind="comment_reply", owner=owner)["data"] for i in replies])
    assert unlike(served, recorded(shared_data, "TestInbox.test_comment_replies.json", "t1")) == []
