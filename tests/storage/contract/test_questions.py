"""Findings that ask rather than say."""

from __future__ import annotations

import io
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from store_values import BRAND, NOW, OWNER, at, finding, flagged, judgement, key, post, save

from policies.model.cases.flagged import FLAGGED, FlaggedAction, FlaggedState
from policies.model.cases.machinery import WaitsFor
from policies.model.finding import Finding, Severity
from policies.questions import QuestionPlan
from storage.store import Store


def act(store: Store, number: int, action: FlaggedAction) -> None:
    store.cases.act(BRAND, number, action, person=OWNER, note="", now=at(2))


def found(store: Store, *asks: bool) -> bool:
    """Whether a finding is a question after edits that keep its words, each judged to ask or to say."""
    for revision, question in enumerate(asks, 1):
        save(store, post(1, f"revision {revision}: guaranteed"))
        one = judgement(1, finding(1, question=question, score=0.6), revision=revision)
        store.judgements.record(BRAND, [one], now=NOW)
    (kept,) = store.judgements.findings(key(1))
    return kept.finding.question


def test_whether_a_finding_asks_is_kept(store: Store) -> None:
    assert found(store, True)
    output = io.StringIO()
    store.exports.write("findings", output, form="jsonl", brand=BRAND)
    assert json.loads(output.getvalue())["question"] is True


def test_what_is_sure_later_is_said_and_stays_so(store: Store) -> None:
    assert not found(store, True, False, True)


def doubted(
    store: Store, number: int, *, chance: float = 0.6, words: str = "guaranteed", **more: Any
) -> None:
    """Save a post of which a rule is not sure."""
    save(store, post(number, f"{words} {number}"), now=more.get("now", NOW))
    likely = finding(number, words, question=True, score=chance)
    store.judgements.record(BRAND, [judgement(number, likely)], now=more.get("now", NOW))


def ask(store: Store, now: datetime = NOW) -> QuestionPlan:
    return store.questions.ask(BRAND, today=now - timedelta(hours=12), now=now)


def states(store: Store) -> dict[str, FlaggedState]:
    views = store.cases.find(BRAND, kind=FLAGGED, states=set(FlaggedState))
    return {view.case.subject.rpartition("/")[2]: view.case.state for view in views}


def judge_again(store: Store, number: int, *found: Finding, revision: int = 2) -> None:
    save(store, post(number, f"revision {revision}"))
    store.judgements.record(BRAND, [judgement(number, *found, revision=revision)], now=at(revision))


def test_what_is_likely_is_no_case_and_counts_nowhere(store: Store) -> None:
    doubted(store, 1)
    assert states(store) == {"1": FlaggedState.HELD}
    assert ask(store).ask
    assert states(store) == {"1": FlaggedState.ASKED}
    assert store.cases.find(BRAND, waits_for=set(WaitsFor)) == []
    assert store.cases.waiting(BRAND) == {}
    assert store.news.untold(BRAND) == []
    period = {"since": at(-60), "until": at(60)}
    counts = store.periods.counts(BRAND, **period)
    assert (counts.outbound, counts.flagged, counts.closed) == (1, 0, 0)
    assert store.periods.findings(BRAND, **period, at_least=Severity.INFO, limit=9) == []
    assert [day.findings for day in store.periods.days(BRAND, **period)] == [0]
    assert [one.flagged for one in store.periods.published(BRAND, **period)] == [False]


def test_yes_makes_it_a_case_that_the_agency_mends(store: Store) -> None:
    doubted(store, 1)
    (number,) = ask(store).ask
    act(store, number, FlaggedAction.CONFIRM)
    (view,) = store.cases.find(BRAND, waits_for={WaitsFor.AGENCY})
    assert (view.case.state, len(view.findings)) == (FlaggedState.UPHELD, 1)
    assert store.periods.counts(BRAND, since=at(-60), until=at(60)).flagged == 1
    assert [(one.right, one.question) for one in store.verdicts.on_findings(BRAND)] == [(True, True)]
    store.cases.undo(BRAND, number, person=OWNER, steps=2, now=at(3))
    assert states(store) == {"1": FlaggedState.ASKED}
    assert store.cases.find(BRAND, waits_for={WaitsFor.AGENCY}) == []
    assert store.verdicts.on_findings(BRAND) == []


def test_a_confirmed_one_closes_when_the_platform_shows_the_fix(store: Store) -> None:
    doubted(store, 1)
    (number,) = ask(store).ask
    act(store, number, FlaggedAction.CONFIRM)
    judge_again(store, 1, finding(1, question=True))
    assert states(store) == {"1": FlaggedState.UPHELD}
    judge_again(store, 1, revision=3)
    assert states(store) == {"1": FlaggedState.CLOSED}


def test_no_drops_it_for_good_and_says_that_the_rule_was_wrong(store: Store) -> None:
    doubted(store, 1)
    (number,) = ask(store).ask
    act(store, number, FlaggedAction.DISMISS)
    assert [(one.right, one.question) for one in store.verdicts.on_findings(BRAND)] == [(False, True)]
    judge_again(store, 1, finding(1, question=True))
    assert states(store) == {"1": FlaggedState.DROPPED}
    assert store.periods.counts(BRAND, since=at(-60), until=at(60)).closed == 0
    judge_again(store, 1, finding(1, question=True), finding(1, "cure", question=True), revision=3)
    assert states(store) == {"1": FlaggedState.HELD}, "another thing is likely now"
    view = store.cases.get(BRAND, number)
    assert [one.finding.matched for one in view.in_doubt] == ["cure"]


@pytest.mark.parametrize("asked", [True, False])
def test_what_is_sure_later_is_an_ordinary_case(store: Store, asked: bool) -> None:
    doubted(store, 1)
    if asked:
        ask(store)
    judge_again(store, 1, finding(1, question=True), finding(1, "cure", Severity.CRITICAL))
    assert states(store) == {"1": FlaggedState.OPEN}
    (untold,) = store.news.untold(BRAND)
    assert [one.finding.matched for one in untold.view.findings] == ["cure"], (
        "nothing is said of what is likely"
    )


def test_the_same_words_may_become_sure(store: Store) -> None:
    doubted(store, 1)
    judge_again(store, 1, finding(1))
    assert states(store) == {"1": FlaggedState.OPEN}


def test_what_is_sure_is_never_held_back(store: Store) -> None:
    for number in range(1, 9):
        doubted(store, number)
    ask(store)
    assert flagged(store, 9, severity=Severity.CRITICAL)
    save(store, post(10, "guaranteed"))
    both = [finding(10), finding(10, "cure", question=True)]
    assert store.judgements.record(BRAND, [judgement(10, *both)], now=NOW).opened
    assert {states(store)[one] for one in ("9", "10")} == {FlaggedState.OPEN}


def test_two_a_day_the_likeliest_first_and_the_rest_lapses(store: Store) -> None:
    save(store, *(post(100 + n, created_at=NOW) for n in range(40)))
    for number, chance in ((1, 0.5), (2, 0.9), (3, 0.7), (4, 0.6)):
        doubted(store, number, chance=chance)
    ask(store)
    assert {one for one, state in states(store).items() if state is FlaggedState.ASKED} == {"2", "3"}
    assert ask(store, at(60)) == QuestionPlan()
    ask(store, at(8 * 24 * 60))
    assert {one for one, state in states(store).items() if state is FlaggedState.LAPSED} == {"1", "4"}
    (number,) = [view.case.id for view in store.cases.find(BRAND, states={FlaggedState.LAPSED}, limit=1)]
    act(store, number, FlaggedAction.CONFIRM)
    assert store.cases.get(BRAND, number).case.state is FlaggedState.UPHELD


@pytest.mark.parametrize("asked", [True, False])
def test_what_is_gone_is_asked_no_more(store: Store, asked: bool) -> None:
    doubted(store, 1)
    doubted(store, 2, chance=0.5)
    if asked:
        ask(store)
    judge_again(store, 1)
    store.posts.mark_deleted([key(2)], now=at(3))
    assert set(states(store).values()) == {FlaggedState.DROPPED}
