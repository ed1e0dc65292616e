"""The queue of a replay: as the service's, save that pulls wait until there is something to see."""

from __future__ import annotations

from datetime import datetime, timedelta

from replay_values import MONDAY, archive, line, minutes

from bot.queue.port import Job, Subject
from bot.replay.queue import ReplayQueue
from policies.model.keys import AccountKey

KEY = AccountKey(platform="x", handle="crumb")
PULL = Job(name="pull", subject=Subject(brand="crumb", account=KEY))
DIGEST = Job(name="digest", subject=Subject(brand="crumb"))
CHECK = Job(name="check", subject=Subject(brand="crumb"))
LEASE, EVERY = minutes(15), minutes(16)


def queue(*posted_at: datetime) -> ReplayQueue:
    told = archive(*(line(str(number), at) for number, at in enumerate(posted_at)))
    return ReplayQueue(told.by_account())


def taken(plan: ReplayQueue, job: Job, now: datetime) -> list[Job]:
    return [due.job for due in plan.take([job.name], holder="me", now=now, lease=LEASE, limit=9)]


def ran(
    plan: ReplayQueue, job: Job, now: datetime, again: timedelta = EVERY, error: str | None = None
) -> datetime:
    """Run a job that is due, and when it is due again."""
    assert taken(plan, job, now) == [job]
    assert plan.finish(job, holder="me", next_due_at=now + again, error=error)
    return next(due.due_at for due in plan.due(now + timedelta(days=900)) if due.job == job)


def test_a_pull_waits_for_the_next_change_at_a_time_at_which_it_would_have_come_anyway() -> None:
    plan = queue(MONDAY, MONDAY + minutes(100))
    plan.ensure(PULL, due_at=MONDAY)
    assert ran(plan, PULL, MONDAY) == MONDAY + 7 * EVERY  # 112 minutes: the first round after 100
    assert (
        ran(plan, PULL, MONDAY + 7 * EVERY) == MONDAY + 8 * EVERY
    )  # nothing is to come, so nothing to wait for


def test_a_change_at_the_very_time_of_a_round_is_seen_by_that_round() -> None:
    plan = queue(MONDAY, MONDAY + 3 * EVERY)
    plan.ensure(PULL, due_at=MONDAY)
    assert ran(plan, PULL, MONDAY) == MONDAY + 3 * EVERY


def test_the_last_round_before_a_digest_is_pulled_since_the_digest_says_when_that_was() -> None:
    plan = queue(MONDAY, MONDAY + timedelta(days=3))
    plan.ensure(PULL, due_at=MONDAY)
    plan.ensure(DIGEST, due_at=MONDAY + minutes(60))
    assert ran(plan, PULL, MONDAY) == MONDAY + 3 * EVERY


def test_work_that_is_woken_is_due_at_once_also_where_it_runs_just_then() -> None:
    plan = queue(MONDAY)
    plan.ensure(CHECK, due_at=MONDAY + timedelta(days=1))
    plan.wake(CHECK, at=MONDAY)
    assert plan.next_due() == MONDAY
    assert taken(plan, CHECK, MONDAY) == [CHECK]
    assert taken(plan, CHECK, MONDAY) == []
    assert not plan.due(MONDAY)
    plan.wake(CHECK, at=MONDAY)
    assert not plan.finish(CHECK, holder="you", next_due_at=MONDAY, error=None)
    assert plan.finish(CHECK, holder="me", next_due_at=MONDAY + timedelta(days=1), error=None)
    assert [due.job for due in plan.due(MONDAY)] == [CHECK]


def test_failures_in_a_row_are_counted_and_a_planned_time_stays() -> None:
    plan = queue(MONDAY)
    plan.ensure(CHECK, due_at=MONDAY)
    plan.ensure(CHECK, due_at=MONDAY + timedelta(days=9))
    for failures in (0, 1):
        assert plan.due(MONDAY)[0].failures == failures
        ran(plan, CHECK, MONDAY, timedelta(), error="no")
    assert plan.problems == ["check of crumb: no"] * 2
    ran(plan, CHECK, MONDAY, timedelta())
    assert plan.due(MONDAY)[0].failures == 0
    plan.forget(CHECK)
    assert plan.next_due() is None


def test_the_most_pressing_work_goes_first_and_what_was_not_begun_is_given_back() -> None:
    plan = queue(MONDAY)
    for job in (CHECK, DIGEST, PULL):
        plan.ensure(job, due_at=MONDAY)
    order = {"holder": "me", "now": MONDAY, "lease": LEASE}
    assert [due.job for due in plan.take(["digest", "pull"], limit=2, **order)] == [DIGEST, PULL]
    plan.release([DIGEST], holder="you")
    plan.release([PULL], holder="me")
    assert [due.job for due in plan.take(["digest", "pull", "check"], limit=9, **order)] == [PULL, CHECK]
