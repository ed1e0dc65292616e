"""A step taken back: the case stands as before, and the history, the log and the rules say so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from store_values import AGENCY, BRAND, NOW, OWNER, at, flagged, judgement, post, save

from policies.model.cases.flagged import FlaggedAction, FlaggedState
from policies.model.cases.machinery import CannotUndo, NewCase, Undo, WaitsFor
from policies.model.cases.unknown_signer import UNKNOWN_SIGNER, SignerAction, SignerState
from policies.model.finding import Severity
from storage.errors import UnknownCase
from storage.store import Store

SOON = NOW + timedelta(minutes=10)


def act(store: Store, number: int, action: Any, *, person: Any = OWNER, now: Any = NOW, **more: Any) -> None:
    store.cases.act(BRAND, number, action, person=person, note="n", now=now, **more)


def undo(store: Store, number: int, *, person: Any = OWNER, now: Any = SOON, steps: int = 1) -> Any:
    return store.cases.undo(BRAND, number, person=person, steps=steps, now=now)


def kept(store: Store) -> list[tuple[str, str]]:
    return [(lesson.rule, lesson.sort) for lesson in store.examples.find(BRAND)]


@pytest.mark.parametrize("action", [FlaggedAction.ACCEPT, FlaggedAction.FALSE_ALARM, FlaggedAction.UPHOLD])
def test_a_decision_taken_back_leaves_the_case_as_it_was(store: Store, action: FlaggedAction) -> None:
    number = flagged(store, 1)
    act(store, number, FlaggedAction.ANSWER, person=AGENCY)
    waiting = store.cases.waiting(BRAND)
    act(store, number, action)
    case = undo(store, number, steps=2)
    assert (case.state, case.waits_for, case.due_at) == (FlaggedState.ANSWERED, WaitsFor.OWNER, None)
    assert store.cases.waiting(BRAND) == waiting
    assert [event.action for event in case.events] == [FlaggedAction.ANSWER, action, Undo.UNDO]
    assert [event.action for event in case.standing_steps] == [FlaggedAction.ANSWER]
    (line,) = store.audit.find(BRAND, limit=1)
    assert (line.actor, line.action, line.detail["undone"]) == (OWNER.id, "case undo", action)
    assert (line.detail["from"], line.detail["to"]) == (case.events[1].leads_to, "answered")
    store.audit.verify()


def test_the_agencys_queue_loses_what_the_decision_put_there(store: Store) -> None:
    number = flagged(store, 1)
    act(store, number, FlaggedAction.ANSWER, person=AGENCY)
    act(store, number, FlaggedAction.UPHOLD)
    assert [view.case.id for view in store.cases.find(BRAND, waits_for={WaitsFor.AGENCY})] == [number]
    undo(store, number, steps=2)
    assert store.cases.find(BRAND, waits_for={WaitsFor.AGENCY}) == []


def test_a_second_click_changes_nothing(store: Store) -> None:
    number = flagged(store, 1)
    act(store, number, FlaggedAction.ACCEPT)
    assert undo(store, number) == undo(store, number)
    assert len(store.cases.get(BRAND, number).case.events) == 2


def test_decided_and_taken_back_twice_is_where_it_began(store: Store) -> None:
    number = flagged(store, 1)
    for steps in (1, 3):
        act(store, number, FlaggedAction.ACCEPT)
        assert undo(store, number, steps=steps).state is FlaggedState.OPEN
    assert store.cases.get(BRAND, number).case.standing_steps == ()


@pytest.mark.parametrize(
    ("person", "now", "steps", "too_late"),
    [
        (OWNER, SOON + timedelta(seconds=1), 1, True),
        (AGENCY, SOON, 1, False),
        (OWNER, SOON, 0, False),
        (OWNER, SOON, 7, False),
    ],
)
def test_what_is_old_or_anothers_stays(
    store: Store, person: Any, now: Any, steps: int, too_late: bool
) -> None:
    number = flagged(store, 1)
    act(store, number, FlaggedAction.ACCEPT)
    with pytest.raises(CannotUndo) as refused:
        undo(store, number, person=person, now=now, steps=steps)
    assert refused.value.too_late is too_late
    assert store.cases.get(BRAND, number).case.closed


def test_what_somebody_has_acted_on_stays(store: Store) -> None:
    number = flagged(store, 1)
    act(store, number, FlaggedAction.UPHOLD)
    act(store, number, FlaggedAction.CLAIM_FIX, person=AGENCY)
    with pytest.raises(CannotUndo) as refused:
        undo(store, number)
    assert not refused.value.too_late
    assert store.cases.get(BRAND, number).case.state is FlaggedState.FIX_CLAIMED


def test_another_brands_case_is_unknown(store: Store) -> None:
    number = flagged(store, 1)
    act(store, number, FlaggedAction.ACCEPT)
    with pytest.raises(UnknownCase):
        store.cases.undo("other", number, person=OWNER, steps=1, now=NOW)


def test_a_verdict_taken_back_says_nothing_of_the_rule(store: Store) -> None:
    number = flagged(store, 1)
    act(store, number, FlaggedAction.UPHOLD)
    act(store, number, FlaggedAction.FALSE_ALARM, now=at(1), remember=True)
    assert store.verdicts.on_rules(BRAND) == [("no-promises", False)]
    undo(store, number, now=at(1), steps=2)
    assert store.verdicts.on_rules(BRAND) == [("no-promises", True)]
    undone = store.cases.get(BRAND, number).case
    assert undone.state is FlaggedState.UPHELD


def test_examples_go_with_the_verdict_and_those_it_contradicted_come_back(store: Store) -> None:
    number = flagged(store, 1)
    act(store, number, FlaggedAction.UPHOLD, remember=True)
    act(store, number, FlaggedAction.FALSE_ALARM, remember=True)
    assert kept(store) == [("no-promises", "ok")]
    undo(store, number, steps=2)
    assert kept(store) == [("no-promises", "flag")]
    act(store, number, FlaggedAction.UPHOLD, remember=True)
    assert kept(store) == [("no-promises", "flag")]
    store.examples.drop(BRAND, number, actor="operator", now=NOW)
    assert kept(store) == []


def test_the_clock_of_the_state_before_runs_on(store: Store) -> None:
    save(store, post(1, "Fresh bread! ^ZZ"))
    new = NewCase(kind=UNKNOWN_SIGNER, subject="^ZZ", severity=Severity.WARN)
    (number,) = store.judgements.record(BRAND, [judgement(1, cases=(new,))], now=NOW).opened
    act(store, number, SignerAction.ASK)
    due = store.cases.get(BRAND, number).case.due_at
    act(store, number, SignerAction.KNOW, now=at(1))
    case = undo(store, number, now=at(1), steps=2)
    assert (case.state, case.due_at) == (SignerState.ASKED, due)
