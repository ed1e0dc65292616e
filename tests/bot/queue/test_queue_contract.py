"""What each queue must do. A further one is one more line in `QUEUES`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.queue.embedded import EmbeddedQueue
from bot.queue.port import EVERYTHING, DueJob, Job, Queue, Subject
from policies.model.keys import AccountKey
from storage.engines import open_store
from storage.store import Store

BRAND, LEASE = "crumb", timedelta(minutes=5)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
QUEUES: dict[str, Callable[[Store], Queue]] = {"embedded": EmbeddedQueue}


@pytest.fixture(params=sorted(QUEUES))
def queue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Queue]:
    """A fresh queue."""
    with open_store(tmp_path / "oversight.db") as store:
        yield QUEUES[request.param](store)


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def take(
    queue: Queue, minute: float, holder: str = "w", limit: int = 9, names: str = "pull check"
) -> list[Job]:
    taken = queue.take(names.split(), holder=holder, now=at(minute), lease=LEASE, limit=limit)
    return [due.job for due in taken]


def job(name: str, brand: str) -> Job:
    return Job(name=name, subject=Subject(brand=brand))


@pytest.mark.parametrize(
    "subject",
    [
        EVERYTHING,
        Subject(brand=BRAND),
        Subject(brand=BRAND, account=AccountKey(platform="x", handle="crumb")),
        Subject(brand=BRAND, account=AccountKey(platform="mastodon", handle="crumb@example.social")),
        Subject(brand=BRAND, account=AccountKey(platform="blog", handle="example.org/news/")),
    ],
    ids=str,
)
def test_what_work_is_about_comes_back_as_it_was(queue: Queue, subject: Subject) -> None:
    queue.ensure(Job(name="pull", subject=subject), due_at=NOW)
    assert [due.job.subject for due in queue.due(NOW)] == [subject]


def test_due_work_is_planned_once_and_claimed_by_one(queue: Queue) -> None:
    assert queue.next_due() is None
    queue.ensure(job("pull", "b"), due_at=at(2))
    queue.ensure(job("pull", "a"), due_at=at(1))
    queue.ensure(job("pull", "a"), due_at=at(9))
    assert queue.next_due() == at(1)
    assert queue.due(at(1), 9) == [DueJob(job=job("pull", "a"), due_at=at(1))]
    assert take(queue, 1, "w1") == [job("pull", "a")]
    assert take(queue, 1.5, "w2") == []
    assert queue.due(at(1), 9) == []
    assert queue.next_due() == at(2)
    done = {"holder": "w1", "error": None}
    assert queue.finish(job("pull", "a"), next_due_at=at(30), **done)
    assert not queue.finish(job("pull", "a"), next_due_at=at(40), **done)
    queue.forget(job("pull", "b"))
    assert queue.next_due() == at(30)


@pytest.mark.fault(13)
def test_the_work_of_a_dead_worker_is_free_when_its_lease_ends(queue: Queue) -> None:
    queue.ensure(job("pull", "a"), due_at=NOW)
    assert take(queue, 0, "dead") == [job("pull", "a")]
    assert queue.next_due() == at(5)
    assert take(queue, 4, "w2") == []
    assert take(queue, 5, "w2") == [job("pull", "a")]
    assert not queue.finish(job("pull", "a"), holder="dead", next_due_at=at(9), error=None)


def test_failures_in_a_row_are_counted(queue: Queue) -> None:
    queue.ensure(job("pull", "a"), due_at=NOW)
    for minute, error, failures in ((0, "503", 1), (1, "503", 2), (2, None, 0)):
        assert take(queue, minute) == [job("pull", "a")]
        queue.finish(job("pull", "a"), holder="w", next_due_at=at(minute + 1), error=error)
        assert queue.due(at(9), 1)[0].failures == failures


def test_woken_work_is_due_at_once_or_again_after_it_ran(queue: Queue) -> None:
    queue.ensure(job("check", BRAND), due_at=at(60))
    queue.wake(job("check", BRAND), at=at(1))
    assert queue.next_due() == at(1)
    queue.wake(job("check", BRAND), at=at(9))
    assert queue.next_due() == at(1)
    assert take(queue, 1) == [job("check", BRAND)]
    queue.wake(job("check", BRAND), at=at(2))
    queue.finish(job("check", BRAND), holder="w", next_due_at=at(60), error=None)
    assert queue.next_due() == at(2)


def test_the_only_daemon_takes_all_work_back(queue: Queue) -> None:
    queue.ensure(job("pull", "a"), due_at=NOW)
    take(queue, 0, "dead")
    assert (queue.free_claims(), queue.free_claims()) == (1, 0)
    assert take(queue, 0) == [job("pull", "a")]


def test_the_most_pressing_work_is_taken_first_by_the_handful_and_none_waits_for_ever(queue: Queue) -> None:
    for brand in "abc":
        for name in ("look_again", "check", "pull"):
            queue.ensure(job(name, brand), due_at=at(0))
    queue.ensure(job("look_again", "old"), due_at=at(-25))
    order = "pull check look_again"
    assert take(queue, 0, limit=4, names=order) == [
        job("look_again", "old"),
        *(job("pull", b) for b in "abc"),
    ]
    assert take(queue, 0, limit=4, names="check prune") == [job("check", b) for b in "abc"]
    assert take(queue, 0, names="prune") == []
    assert {job.name for job in take(queue, 0, names=order)} == {"look_again"}


def test_work_that_was_not_begun_is_given_back_by_whoever_holds_it(queue: Queue) -> None:
    for brand in "ab":
        queue.ensure(job("pull", brand), due_at=at(0))
    taken = take(queue, 0, "w1")
    queue.release(taken, holder="w2")
    assert take(queue, 0, "w2") == []
    queue.release(taken[:1], holder="w1")
    queue.release([], holder="w1")
    assert take(queue, 0, "w2") == [job("pull", "a")]
