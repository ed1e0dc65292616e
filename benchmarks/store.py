"""The store at 100,000 posts: saving pages with their cursor, what a digest reads, a page of the queue."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlite_utils

from policies.model.cases.machinery import WaitsFor
from policies.model.finding import Finding, Severity, Span
from policies.model.keys import AccountKey, PostKey, StreamKey
from policies.model.people import Person, Role
from policies.model.post import Direction, Kind, Post
from policies.scoring import HeadScore, Reading
from storage.engines import open_store
from storage.store import Store
from storage.views import Judgement

POSTS, PAGE, CASES = 100_000, 100, 500
GOAL = {"posts_per_second": 3000, "digest_seconds": 1.0, "queue_milliseconds": 100}
START = datetime(2026, 10, 1, tzinfo=UTC)
END = START + timedelta(seconds=20 * POSTS)
BRAND, ACCOUNT = "bench", "benchbakery"
OWN = StreamKey(account=AccountKey(platform="x", handle=ACCOUNT), stream="own")
TEXT = "Thanks for writing, {n}! We have looked into order {n} and sent you a message about the delivery. ^TK"
TONE = Reading(
    language="en",
    readable=True,
    heads={"sentiment": HeadScore(label="neutral", scores={"neutral": 0.8, "negative": 0.2}, unsure=False)},
)


def run() -> dict[str, Any]:
    """Rates and times; the peer is an upsert of the same rows with sqlite-utils, page by page."""
    with tempfile.TemporaryDirectory() as folder:
        peer = _peer(Path(folder) / "peer.db")
        with open_store(Path(folder) / "oversight.db") as store:
            owner = Person(id="ada", name="Ada", role=Role.OWNER)
            store.brands.sync(BRAND, accounts=[OWN.account], people=[owner], now=START)
            saved, saved_cpu = _cpu(lambda: _save(store))
            again = _seconds(lambda: _save(store))
            judged, judged_cpu = _cpu(lambda: _judge(store))
            day, month = _digest(store, timedelta(days=1)), _digest(store, END - START)
            queue = sorted(_cpu(lambda: _queue(store)) for _ in range(5))[2]
    return {
        "posts": POSTS,
        "posts_per_second": round(POSTS / saved),
        "posts_per_second_nothing_new": round(POSTS / again),
        "peer_sqlite_utils_posts_per_second": round(POSTS / peer),
        "judgements_per_second": round(POSTS / judged),
        "digest_of_a_day_seconds": round(day[0], 3),
        "digest_of_all_posts_seconds": round(month[0], 3),
        "queue_first_page_milliseconds": round(1000 * queue[0], 1),
        "by_cpu_time": {
            "posts_per_second": round(POSTS / saved_cpu),
            "judgements_per_second": round(POSTS / judged_cpu),
            "digest_of_a_day_seconds": round(day[1], 3),
            "digest_of_all_posts_seconds": round(month[1], 3),
            "queue_first_page_milliseconds": round(1000 * queue[1], 1),
        },
        "goal": GOAL,
        "reached": POSTS / saved >= 3000 and month[0] < 1 and queue[0] < 0.1,
    }


def _seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _cpu(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock and of this process, which tells a slow program from a busy machine."""
    begin = time.process_time()
    clock = _seconds(work)
    return clock, time.process_time() - begin


def _post(n: int) -> Post:
    opener = n - n % 4  # conversations of four
    return Post(
        key=_key(n),
        thread_id=str(opener),
        parent_id=None if n == opener else str(n - 1),
        direction=Direction.INBOUND if n % 2 == 0 else Direction.OUTBOUND,
        kind=Kind.POST if n == opener else Kind.REPLY,
        author=f"client{opener}" if n % 2 == 0 else ACCOUNT,
        created_at=START + timedelta(seconds=20 * n),
        text=TEXT.format(n=n),
        permalink=f"https://x.com/{ACCOUNT}/status/{n}",
        raw={"id": str(n), "text": TEXT.format(n=n), "public_metrics": {"like_count": n, "reply_count": 0}},
    )


def _key(n: int) -> PostKey:
    return PostKey(platform="x", account=ACCOUNT, external_id=str(n))


def _pages() -> Iterator[list[Post]]:
    for first in range(0, POSTS, PAGE):
        yield [_post(n) for n in range(first, first + PAGE)]


def _save(store: Store) -> None:
    for number, page in enumerate(_pages()):
        store.posts.save(
            BRAND,
            OWN,
            page,
            cursor={"page": number},
            now=END,
        )


def _peer(path: Path) -> float:
    database = sqlite_utils.Database(path)
    database.enable_wal()

    def upsert() -> None:
        for number, page in enumerate(_pages()):
            database["posts"].upsert_all(
                [_row(post) for post in page], pk=("platform", "account", "external_id")
            )
            database["cursors"].upsert({"stream": "own", "page": number}, pk="stream")

    return _seconds(upsert)


def _row(post: Post) -> dict[str, Any]:
    return {
        "platform": post.key.platform,
        "account": post.key.account,
        "external_id": post.key.external_id,
        "thread_id": post.thread_id,
        "parent_id": post.parent_id,
        "direction": post.direction.value,
        "kind": post.kind.value,
        "author": post.author,
        "created_at": post.created_at.isoformat(),
        "text": post.text,
        "permalink": post.permalink,
        "raw": json.dumps(post.raw),
    }


def _judge(store: Store) -> None:
    each = POSTS // CASES
    for first in range(0, POSTS, PAGE):
        judged = [_judgement(n, flagged=n % each == 1) for n in range(first, first + PAGE)]
        store.judgements.record(BRAND, judged, now=START + timedelta(seconds=20 * first))


def _judgement(n: int, *, flagged: bool) -> Judgement:
    return Judgement(
        post=_key(n),
        revision=1,
        policy_version="1",
        scorer_version="1",
        findings=(_finding(n),) if flagged else (),
        reading=TONE,
    )


def _finding(n: int) -> Finding:
    return Finding(
        rule="no-promises",
        title="No promises",
        topic="unauthorised-promise",
        severity=Severity.BREACH,
        message="It promises a result.",
        why="Only the owner promises.",
        suggest=None,
        policy="starter",
        policy_version="1",
        post=_key(n),
        spans=(Span(start=0, end=6),),
        matched="Thanks",
    )


def _digest(store: Store, length: timedelta) -> tuple[float, float]:
    """All questions of one digest."""
    period: dict[str, Any] = {"since": END - length, "until": END}

    def ask() -> None:
        store.digests.last(BRAND)
        store.periods.findings(BRAND, **period, at_least=Severity.WARN, limit=50)
        store.periods.count_findings(BRAND, **period, at_least=Severity.WARN)
        store.cases.find(BRAND, waits_for=set(WaitsFor) - {WaitsFor.NOBODY}, limit=50)
        store.cases.waiting(BRAND)
        store.periods.threads(BRAND, **period)
        store.periods.counts(BRAND, **period)
        store.periods.days(BRAND, since=END - timedelta(days=14), until=END)
        store.periods.sample(BRAND, **period, n=3, seed=1)
        store.periods.unchecked(BRAND, **period)
        store.streams.health(BRAND)

    return _cpu(ask)


def _queue(store: Store) -> None:
    open_ = set(WaitsFor) - {WaitsFor.NOBODY}
    first = store.cases.find(BRAND, waits_for=open_, limit=50)
    total = sum(store.cases.waiting(BRAND)[whom] for whom in open_)
    if (len(first), total) != (50, CASES):
        raise RuntimeError(f"the queue holds {len(first)} of {total}")


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
