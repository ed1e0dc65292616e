"""How long the server works on a page of the queue with 500 open cases.

Measured: the whole application in this process, from the ASGI request to the last byte of the answer
(cookie, roster, counts, cases, template, headers), on a store on disk. Not measured: the network, the
browser, and TLS. Prints JSON.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from starlette.applications import Starlette

from bot.links import Links, Purpose
from bot.queue.embedded import EmbeddedQueue
from bot.web.app import create_app
from bot.web.site import BrandInfo
from policies.model.cases.flagged import FLAGGED
from policies.model.finding import Finding, Severity, Span
from policies.model.keys import AccountKey, PostKey, StreamKey
from policies.model.people import Person, Role
from policies.model.post import Direction, Kind, Post
from storage.engines import open_store
from storage.store import Store
from storage.views import Judgement

CASES = 500
ROUNDS = 60
LIMIT_MS = 100.0
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BRAND, ACCOUNT = "bench", "bench"
OWN = StreamKey(account=AccountKey(platform="x", handle=ACCOUNT), stream="own")
AGENCY = Person(id="kit", name="Kit", role=Role.AGENCY)
WORDS = "guarantee a full refund"


def run() -> dict[str, Any]:
    """Milliseconds per page: median, 95th percentile and worst, for the first and the last page."""
    # the log line is written as usual, only to nowhere
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(file=Path("/dev/null").open("w")))  # noqa: SIM115
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "oversight.db") as store:
        _fill(store)
        links = Links(["a-signing-key-for-the-benchmark"], "http://bench")
        app = create_app(
            store=store,
            queue=EmbeddedQueue(store),
            links=links,
            brands={BRAND: BrandInfo(name="Bench")},
            clock=lambda: NOW,
            health=lambda: {"ok": True},
            metrics=lambda: b"",
            secure_cookies=False,
        )
        pages = asyncio.run(_measure(app, links))
    worst = max(page["p95_ms"] for page in pages.values())
    return {
        "benchmark": "queue page",
        "open_cases": CASES,
        "measured": "in-process ASGI time, no network",
        "pages": pages,
        "load_average": round(os.getloadavg()[0], 1),  # of other programs too: they lengthen the wall times
        "limit_ms": LIMIT_MS,
        "ok": worst < LIMIT_MS,
    }


async def _measure(app: Starlette, links: Links) -> dict[str, dict[str, float]]:
    grant = links.grant(brand=BRAND, person="kit", purpose=Purpose.QUEUE, now=NOW, lifetime=timedelta(days=1))
    cookie = f"oversight_queue={links.cookie(grant)}".encode()
    last = -(-CASES // 20)
    results = {}
    for name, query in (("first", b""), ("last", b"show=agency&page=%d" % last)):
        taken = [await _once(app, cookie, query) for _ in range(ROUNDS + 5)][5:]
        times, processor = [wall for wall, _ in taken], [cpu for _, cpu in taken]
        results[name] = {
            "median_ms": round(statistics.median(times), 2),
            "p95_ms": round(statistics.quantiles(times, n=20)[-1], 2),
            "worst_ms": round(max(times), 2),
            "processor_median_ms": round(statistics.median(processor), 2),
        }
    return results


async def _once(app: Starlette, cookie: bytes, query: bytes) -> tuple[float, float]:
    """Milliseconds on the wall and on the processor for one page."""
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": f"/queue/{BRAND}", "raw_path": f"/queue/{BRAND}".encode(), "query_string": query,
        "root_path": "", "headers": [(b"host", b"bench"), (b"cookie", cookie)],
        "client": ("127.0.0.1", 1), "server": ("bench", 80),
    }  # fmt: skip
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    started, worked = time.perf_counter(), time.process_time()
    await app(scope, receive, send)
    passed = ((time.perf_counter() - started) * 1000, (time.process_time() - worked) * 1000)
    body = b"".join(message.get("body", b"") for message in sent)
    if sent[0]["status"] != 200 or body.count(b"<article>") != 20:
        raise RuntimeError("the page is not the queue")
    return passed


def _fill(store: Store) -> None:
    store.brands.sync(BRAND, accounts=[OWN.account], people=[AGENCY], now=NOW)
    conversations = [_conversation(number) for number in range(CASES)]
    posts = [post for pair in conversations for post in pair]
    for at in range(0, len(posts), 100):
        store.posts.save(
            BRAND, OWN, posts[at : at + 100],
            cursor={"at": at}, now=NOW,
        )  # fmt: skip
    judgements = [
        Judgement(
            post=reply.key, revision=1, policy_version="1", scorer_version="1", findings=(_finding(reply),)
        )
        for _, reply in conversations
    ]
    store.judgements.record(BRAND, judgements, now=NOW)
    if sum(store.cases.count(BRAND, FLAGGED).values()) != CASES:
        raise RuntimeError("the store does not hold the cases")


def _conversation(number: int) -> tuple[Post, Post]:
    at = NOW - timedelta(minutes=10 * number)
    asked = _post(f"{number}a", f"{number}a", Direction.INBOUND, at, f"Where is my order {number}? " * 6)
    said = f"Hi, order {number}: we are sorry, and we {WORDS} today. " + "Please write to us. " * 6
    return asked, _post(f"{number}b", f"{number}a", Direction.OUTBOUND, at + timedelta(minutes=5), said)


def _post(external_id: str, thread: str, direction: Direction, at: datetime, text: str) -> Post:
    return Post(
        key=PostKey(platform="x", account=ACCOUNT, external_id=external_id),
        thread_id=thread,
        parent_id=None if external_id == thread else thread,
        direction=direction,
        kind=Kind.REPLY,
        author="bench",
        created_at=at,
        text=text,
    )


def _finding(post: Post) -> Finding:
    at = post.text.index(WORDS)
    return Finding(
        rule="no-refund", title="Promises a refund", topic="promise", severity=Severity.BREACH,
        message="Promises money back.", why="Only the owner can.", suggest="Pass it on.", policy="starter",
        policy_version="1", post=post.key, spans=(Span(start=at, end=at + len(WORDS)),), matched=WORDS,
    )  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
