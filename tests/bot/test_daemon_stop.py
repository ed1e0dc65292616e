"""SIGTERM ends the service within seconds, whatever waits to be judged, and nothing is lost."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot_stage import ended, eventually, free_port, oversight
from fault_stage import brand_file, make_home, sound

from bot.settings.home import load_home
from bot.wiring import opened_store, register_brands
from policies.model.keys import AccountKey, PostKey, StreamKey
from policies.model.post import Direction, Kind, Post

POSTS = 10_000
KEY = AccountKey(platform="x", handle="examplebrand")


def filled(home: Path) -> None:
    """A store in which ten thousand posts wait to be judged."""
    now = datetime.now(UTC)
    with opened_store(load_home(home, process={})) as store:
        register_brands(load_home(home, process={}), store)
        for start in range(0, POSTS, 1000):
            page = [_post(n, now - timedelta(minutes=n)) for n in range(start, start + 1000)]
            store.posts.save("example", StreamKey(account=KEY, stream="own"), page, cursor=None, now=now)


def _post(number: int, at: datetime) -> Post:
    return Post(
        key=PostKey(platform="x", account="examplebrand", external_id=str(number)),
        thread_id=str(number),
        parent_id=None,
        direction=Direction.OUTBOUND,
        kind=Kind.POST,
        author="examplebrand",
        created_at=at,
        text=f"Loaf number {number} is out of the oven. Come and see us before noon; we keep one for you!",
    )


def judged(home: Path) -> int:
    with sqlite3.connect(home / "oversight.db", timeout=30) as connection:
        query = "SELECT count(*) FROM posts WHERE judged_revision = revision"
        return int(connection.execute(query).fetchone()[0])


def test_ten_thousand_posts_to_judge_do_not_keep_the_service_from_ending(tmp_path: Path) -> None:
    port = free_port()
    env = {
        "OVERSIGHT_LISTEN_PORT": str(port),
        "X_BEARER_TOKEN": "x",
        "X_API_URL": "http://127.0.0.1:1",
    }
    make_home(tmp_path, env, brand_file(policies=["starter"]))
    filled(tmp_path)
    service = oversight(tmp_path, "run")
    try:
        eventually(lambda: service.poll() is not None or judged(tmp_path) > 0, "nothing is judged", 180)
        said, took = ended(service, 120)
    finally:
        service.kill()
    assert service.returncode == 0, said
    assert took < 10, f"it took {took:.1f} s"
    assert 0 < judged(tmp_path) < POSTS, "it ended in the midst of the backlog"
    assert sound(tmp_path / "oversight.db")
    with opened_store(load_home(tmp_path, process={})) as store:
        assert len(store.posts.unjudged("example", limit=POSTS)) == POSTS - judged(tmp_path)
