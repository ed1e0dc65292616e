"""Which questions are asked: whatever waits, the limits hold, and the likeliest come first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from policies.questions import A_DAY, MONTH, PATIENCE, POSTS_FOR_ONE, Doubt, asking

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
TODAY = datetime(2026, 11, 20, tzinfo=UTC)
HOURS = st.integers(0, 24 * 40).map(lambda hours: NOW - timedelta(hours=hours))
DOUBTS = st.lists(st.tuples(st.floats(0, 1), HOURS), max_size=30).map(
    lambda found: [Doubt(case=n, chance=chance, since=since) for n, (chance, since) in enumerate(found)]
)


@given(DOUBTS, st.lists(HOURS, max_size=30), st.integers(0, 400))
def test_the_limits_hold_whatever_waits(doubts: list[Doubt], asked: list[datetime], posts: int) -> None:
    plan = asking(doubts, asked=asked, posts=posts, today=TODAY, now=NOW)
    by_case = {one.case: one for one in doubts}
    if plan.ask:
        assert len(plan.ask) + sum(at >= TODAY for at in asked) <= A_DAY
        assert len(plan.ask) + sum(at > NOW - MONTH for at in asked) <= max(1, posts // POSTS_FOR_ONE)
    old = {one.case for one in doubts if NOW - one.since >= PATIENCE}
    assert set(plan.lapse) == old
    left = set(by_case) - set(plan.ask) - old
    chances = [by_case[case].chance for case in plan.ask]
    assert chances == sorted(chances, reverse=True)
    assert all(by_case[case].chance <= min(chances) for case in left if chances)


@given(st.integers(1, 60), st.lists(st.tuples(st.integers(0, 29), st.floats(0, 1)), max_size=60))
def test_a_month_of_days_asks_no_more_than_it_may(posts: int, found: list[tuple[int, float]]) -> None:
    """Day after day, with as many posts: two a day at most, and one for ten posts."""
    asked: list[datetime] = []
    waiting: list[Doubt] = []
    for day in range(40):
        today, now = TODAY + timedelta(days=day), NOW + timedelta(days=day)
        waiting += [Doubt(case=n, chance=c, since=now) for n, (on, c) in enumerate(found) if on == day]
        for _ in range(2):  # asked again on the same day it finds no more room
            plan = asking(waiting, asked=asked, posts=posts, today=today, now=now)
            asked += [now] * len(plan.ask)
            waiting = [one for one in waiting if one.case not in {*plan.ask, *plan.lapse}]
        assert sum(at >= today for at in asked) <= A_DAY
        assert sum(at > now - MONTH for at in asked) <= max(1, posts // POSTS_FOR_ONE)
    assert not waiting, "what found no room has lapsed"


def test_the_first_question_needs_no_ten_posts() -> None:
    first = Doubt(case=1, chance=0.6, since=NOW)
    assert asking([first], asked=[], posts=3, today=TODAY, now=NOW).ask == (1,)
    later = NOW + timedelta(days=2)
    second = Doubt(case=2, chance=0.9, since=later)
    for posts, asks in ((19, ()), (20, (2,))):
        plan = asking([second], asked=[NOW], posts=posts, today=later - timedelta(hours=18), now=later)
        assert plan.ask == asks
