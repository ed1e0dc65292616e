"""What the service and the command line judge with: from the store in a few queries, whatever the size of a batch."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml

sys.path.append(str(Path(__file__).parents[2] / "faults"))

from fault_stage import PlainScorer, brand_file, make_home, working

from bot.jobs.check import judge
from bot.jobs.work import Work
from bot.judging.surroundings import cached_reader
from policies.model.keys import AccountKey, PostKey, StreamKey
from policies.model.post import Direction, Kind, Post

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
X = AccountKey(platform="x", handle="examplebrand")
CHECKS = {
    "same": {"canned": {"at_least": 3}},
    "often": {"cadence": {"more_than": 3, "within": "1h"}},
    "cold": {"parent": {"tone": {"head": "sentiment", "label": "negative"}}},
}


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Work]:
    """Two hundred questions with their answers, and rules that ask about all that surrounds a post."""
    rules = [
        {"id": name, "title": f"Finds {name}", "topic": "a-topic", "severity": "info", "why": "Because of the test.",
         "check": check} for name, check in CHECKS.items()
    ]  # fmt: skip
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "pack.yaml").write_text(yaml.safe_dump({"rules": rules}), encoding="utf-8")
    home = make_home(tmp_path, {}, brand_file(accounts=[], policies=["ours/pack.yaml"]))
    with working(home, lambda: NOW) as made:
        posts = [one for number in range(200) for one in exchange(number)]
        stream = StreamKey(account=X, stream="own")
        made.store.posts.save("example", stream, posts, cursor=None, now=NOW)
        yield made


def exchange(number: int) -> Iterator[Post]:
    asked = PostKey(platform="x", account="examplebrand", external_id=f"q{number}")
    at = NOW - timedelta(minutes=number)
    question = Post(key=asked, thread_id=asked.external_id, parent_id=None, direction=Direction.INBOUND,
                    kind=Kind.POST, author="somebody", created_at=at, text=f"a bad day, number {number}")  # fmt: skip
    answer = PostKey(platform="x", account="examplebrand", external_id=f"a{number}")
    yield question
    yield Post(key=answer, thread_id=asked.external_id, parent_id=asked.external_id, direction=Direction.OUTBOUND,
               kind=Kind.REPLY, author="examplebrand", created_at=at, text="We read every word you write.")  # fmt: skip


@contextmanager
def statements(work: Work) -> Iterator[list[str]]:
    """What the store is asked meanwhile."""
    asked: list[str] = []

    def note(*event: object) -> None:
        asked.append(str(event[2]))

    sa.event.listen(work.store.backend.engine, "before_cursor_execute", note)
    yield asked
    sa.event.remove(work.store.backend.engine, "before_cursor_execute", note)


def test_a_batch_of_two_hundred_asks_the_store_as_often_as_one_of_ten(work: Work) -> None:
    waiting = work.store.posts.unjudged("example", limit=400)
    judge(work, "example", waiting, NOW)  # so that all readings are known
    counts = []
    for size in (10, 200):
        with statements(work) as asked:
            judge(work, "example", waiting[:size], NOW)
        counts.append(sum(one.startswith("SELECT") for one in asked))
    assert counts[0] == counts[1] <= 6


def test_what_surrounds_a_post_in_the_store_is_found(work: Work) -> None:
    judged = judge(work, "example", work.store.posts.unjudged("example", limit=400), NOW)
    found = {rule: sum(any(f.rule == rule for f in one.findings) for one in judged) for rule in CHECKS}
    assert found == {"same": 197, "often": 0, "cold": 200}


def test_a_text_that_the_store_knows_is_not_read_again(work: Work) -> None:
    read_before: list[str] = []

    class Counting(PlainScorer):
        def read(self, texts):  # type: ignore[no-untyped-def]
            read_before.extend(texts)
            return super().read(texts)

    read = cached_reader(work.store, Counting(), work.clock)
    first = read(["good", "bad", "good"])
    assert read(["bad", "fine"]) == [first[1], PlainScorer().read(["fine"])[0]]
    assert read_before == ["good", "bad", "fine"]
