"""What an owner's verdicts make of limits: little from three, much from thirty, nothing from nonsense, all bounded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rule_helpers import engine, talk

from policies.engine import Context
from policies.loader import load
from policies.model.limits import EVEN, STEP, SURE, TopicLimits, judged_by, odds_of
from policies.shares import mostly_wrong, upper95
from policies.topics import Decided, Effect, Move, learned, shipped
from policies.verdicts import floods, topics_of_rules

SHIPPED = {"agency-leak": TopicLimits(asked=0.15, said=0.4)}
START = SHIPPED["agency-leak"]


def said(chance: float, right: bool, times: int = 1, words: str = "") -> list[Decided]:
    return [Decided(topic="agency-leak", chance=chance, right=right, words=words)] * times


def moved(decided: list[Decided], since: TopicLimits | None = None) -> Move | None:
    return learned(SHIPPED, decided, {"agency-leak": since} if since else None).get("agency-leak")


def test_three_verdicts_move_little_and_thirty_move_much() -> None:
    few, many = moved(said(0.6, False, 3)), moved(said(0.6, False, 30))
    assert few is not None
    assert many is not None
    assert 0.4 < few.after.said < 0.5
    assert 0.15 < few.after.asked < 0.22
    assert many.after.said > 0.8
    assert many.after.asked > 0.4
    assert (many.right, many.wrong) == (0, 30)


def test_two_verdicts_move_nothing() -> None:
    assert moved(said(0.9, False, 2)) is None


def test_words_that_were_judged_both_ways_say_nothing() -> None:
    both = said(0.9, False, 20, "Ask the team") + said(0.9, True, 1, "Ask the team")
    assert moved(both) is None
    assert moved([*both, *said(0.9, False, 9)]) == moved(said(0.9, False, 9))


def test_what_is_as_often_right_as_its_chance_says_moves_nothing() -> None:
    assert moved(said(0.5, True, 15) + said(0.5, False, 15)) is None


def test_a_topic_that_is_mostly_wrong_here_is_asked_and_no_longer_said() -> None:
    move = moved(said(0.5, False, 7) + said(0.45, True, 2))
    assert move is not None
    assert move.effect is Effect.ASKED
    assert move.after.said > 0.5
    assert move.after.asked < 0.25


def test_a_topic_that_is_always_right_is_said_a_little_oftener_within_one_step() -> None:
    move = moved(said(0.45, True, 300))
    assert move is not None
    assert move.effect is Effect.OFTENER
    assert odds_of(move.after.said) == pytest.approx(odds_of(START.said) - STEP)
    assert odds_of(move.after.asked) == pytest.approx(odds_of(START.asked) - STEP)


@given(
    st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=60),
    st.tuples(st.floats(0.01, 0.99), st.floats(0.01, 0.99)),
    st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_whatever_is_decided_limits_stay_within_bounds_and_come_out_the_same_again(
    rows: list[tuple[float, bool]], ours: tuple[float, float], since: tuple[float, float]
) -> None:
    base = TopicLimits(asked=min(ours), said=max(ours))
    rows_of = [Decided(topic="t", chance=chance, right=right) for chance, right in rows]
    start = {"t": TopicLimits(asked=since[0], said=since[1])}
    found = learned({"t": base}, rows_of, start)
    assert found == learned({"t": base}, list(reversed(rows_of)), start)
    for move in found.values():
        lowest = base.shifted(-STEP)
        assert lowest.asked <= move.after.asked <= max(base.said, EVEN)
        assert move.after.asked <= move.after.said <= max(base.said, SURE)
        assert move.after.said >= lowest.said


def test_topics_that_no_head_knows_are_never_touched() -> None:
    danger = [Decided(topic="danger", chance=0.9, right=False)] * 40
    assert learned(SHIPPED, danger) == {}


def test_later_verdicts_count_from_what_a_person_has_set() -> None:
    strict = TopicLimits(asked=0.3, said=0.7)
    more = moved(said(0.75, False, 3), since=strict)
    assert more is not None
    assert more.before == strict
    assert strict.said < more.after.said < 0.8
    assert moved([], since=strict) is None


def test_counts_prove_what_they_can() -> None:
    assert upper95(0, 894) == pytest.approx(0.00335, abs=1e-5)
    assert upper95(3, 10) == pytest.approx(0.6066, abs=1e-4)
    assert (upper95(10, 10), upper95(0, 0)) == (1.0, 1.0)
    assert mostly_wrong(2, 7)
    assert not mostly_wrong(3, 6)
    assert not mostly_wrong(0, 7)


def test_what_is_found_in_every_post_is_ordinary_for_a_business() -> None:
    assert floods({"death": 30, "swears": 2, "beer": 15}, 40) == ["death", "beer"]
    assert floods({"death": 15}, 15) == []


def test_a_judgement_names_the_limits_that_were_in_force() -> None:
    assert judged_by("rules", {}) == "rules"
    mine = judged_by("rules", SHIPPED)
    assert mine.startswith("rules+limits.")
    assert mine == judged_by("rules", dict(SHIPPED))
    assert mine != judged_by("rules", {"agency-leak": replace(START, said=0.41)})


def test_a_brands_limits_decide_what_is_asked_and_said(tmp_path: Path) -> None:
    from bot.judging.scorers.onnx import OnnxScorer
    from bot.judging.scorers.similar import OnnxEmbedder

    topic, scorer = "testimonial-request", OnnxScorer()
    thread = talk(("brand", "Please leave us a five star review on Google!", 0))
    (tone,) = scorer.read([thread.posts[0].text])
    embedder = OnnxEmbedder(tone=scorer.tone)
    asks = engine(tmp_path, {"check": {"means": {"topic": topic, "ask": True}}})

    def found(own: dict[str, TopicLimits]) -> Any:
        context = Context(thread=thread, readings={thread.posts[0].key: tone}, embedder=embedder, limits=own)
        return next(iter(asks.check_many([(thread.posts[0], context)])))

    (plain,) = found({})
    assert not plain.question
    assert plain.score > shipped().limits_of(topic).said
    strict = TopicLimits(asked=0.01, said=0.999)
    held = strict.within(shipped().limits_of(topic))
    (asked,) = found({topic: strict})
    assert asked.question is (plain.score < held.said)
    assert found({"agency-leak": strict}) == [plain]


def test_each_topic_is_learnt_by_a_rule_of_the_default_packs() -> None:
    assert set(topics_of_rules(load()).values()) == set(shipped().topics)


def test_a_rule_whose_score_may_mean_something_else_teaches_no_topic(tmp_path: Path) -> None:
    means = {"means": {"topic": "agency-leak", "ask": True}}
    checks = {
        "plain": means,
        "with-words": {"any": [means, {"terms": ["our client"]}]},
        "with-tone": {"any": [means, {"tone": {"head": "sentiment", "label": "negative"}}]},
        "two-topics": {"any": [means, {"means": "partner-outreach"}]},
        "words": {"terms": ["our client"]},
    }
    book = engine(tmp_path, *({"id": name, "check": check} for name, check in checks.items())).rulebook
    assert set(topics_of_rules(book)) == {"plain", "with-words"}
