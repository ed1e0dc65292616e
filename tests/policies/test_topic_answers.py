"""Which posts of an archive are asked about, and what yes and no to them say."""

from __future__ import annotations

import json

import pytest

from policies.model.limits import TopicLimits, odds_of
from policies.topics.answers import ArchivePost, accounts, read_answers, worth_asking

LEAK, ASKS = "agency-leak", "testimonial-request"
SHIPPED = {LEAK: TopicLimits(asked=0.15, said=0.4), ASKS: TopicLimits(asked=0.1, said=0.3)}


def looked(number: int, chance: float, *, text: str = "", **found: bool) -> ArchivePost:
    named = {name.replace("_", "-"): asked for name, asked in found.items()}
    return ArchivePost(
        external_id=f"p{number}", text=text or f"Post {number}", chances={LEAK: chance}, found=named
    )


def line(number: int, right: object = False, topic: str = LEAK) -> str:
    return json.dumps({"external_id": f"p{number}", "topic": topic, "right": right})


def test_the_likeliest_are_asked_about_and_some_around_the_limit() -> None:
    posts = [looked(n, n / 100) for n in range(1, 100)]
    chosen = [one.chances[LEAK] for one in worth_asking(posts, LEAK, 0.15)]
    assert chosen[:6] == [0.99, 0.98, 0.97, 0.96, 0.95, 0.94]
    assert sorted(chosen[6:]) == [0.14, 0.15, 0.16, 0.17]


def test_no_text_is_asked_about_twice_and_nothing_that_is_far_from_likely() -> None:
    same = [looked(n, 0.5, text="Ask the team!") for n in range(5)]
    assert len(worth_asking([*same, looked(9, 0.001)], LEAK, 0.15)) == 1


def test_of_a_topic_that_no_head_knows_what_was_found_is_asked_about() -> None:
    posts = [looked(1, 0.9), looked(2, 0.9, manners=False)]
    assert [one.external_id for one in worth_asking(posts, "manners", None)] == ["p2"]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{", "is not JSON"),
        ("[" * 50_000, "is not JSON"),
        ("[1]", "must be a JSON object"),
        ('{"external_id": "p1", "topic": "agency-leak"}', "needs"),
        ('{"external_id": ["p1"], "topic": "agency-leak", "right": true}', "needs"),
        (line(77), "no post of the brand has"),
        (line(3), "several posts have"),
        (line(1, topic="agency-leek"), "Did you mean 'agency-leak'?"),
        (line(1, right="yes"), '"right" must be true, false'),
        (" " * 100_001 + "{", "is too long"),
    ],
)
def test_a_line_that_says_nothing_is_told_with_its_number(bad: str, reason: str) -> None:
    kept, ((number, said),) = read_answers([line(1), "", bad], {"p1": 1, "p3": 2}, SHIPPED)
    assert (len(kept), number) == (1, 3)
    assert reason in said


def test_what_is_answered_both_ways_counts_in_neither_and_what_is_open_is_passed_over() -> None:
    lines = [line(1), line(1, right=True), line(2), line(2), line(4, right=None)]
    kept, problems = read_answers(lines, {"p1": 1, "p2": 1, "p4": 1}, SHIPPED)
    assert [(one.external_id, one.right, one.line) for one in kept] == [("p2", False, 3)]
    assert problems == [(2, "says the opposite of line 1; neither counts")]


def test_accounts_count_what_was_found_and_is_fine() -> None:
    posts = [looked(n, 0.6, agency_leak=False) for n in range(12)] + [looked(99, 0.02)]
    answers, _ = read_answers(
        [line(n) for n in range(10)] + [line(99)], {post.external_id: 1 for post in posts}, SHIPPED
    )
    leak, asks = accounts(posts, answers, SHIPPED, {})
    assert (leak.topic, leak.n, leak.alarms, leak.found) == (LEAK, 11, 10, 12)
    assert leak.upper95 == pytest.approx(0.9953, abs=1e-3)
    assert leak.before == SHIPPED[LEAK]
    assert leak.after is not None
    assert leak.after.said > 0.5
    assert (asks.n, asks.upper95, asks.after) == (0, None, SHIPPED[ASKS])


def test_accounts_begin_at_the_brands_own_limits() -> None:
    posts = [looked(n, 0.9) for n in range(10)]
    own = {LEAK: TopicLimits(asked=0.2, said=0.6)}
    answers, _ = read_answers([line(n) for n in range(4)], {post.external_id: 1 for post in posts}, SHIPPED)
    leak = accounts(posts, answers, SHIPPED, own)[0]
    assert leak.before == own[LEAK]
    assert leak.after is not None
    assert odds_of(leak.after.said) > odds_of(0.6) + 0.3
