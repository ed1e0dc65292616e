"""Verdicts count for and against the rules whose findings they are about."""

from __future__ import annotations

from store_values import BRAND, NOW, OWNER, at, finding, flagged, judgement, post, save

from policies.model.cases.flagged import FlaggedAction
from storage.store import Store


def decide(store: Store, number: int, action: FlaggedAction, minutes: float = 0) -> None:
    store.cases.act(BRAND, number, action, person=OWNER, note="", now=at(minutes))


def test_each_decided_finding_counts_once_with_the_last_verdict(store: Store) -> None:
    right, wrong, undecided = (flagged(store, n) for n in (1, 2, 3))
    decide(store, right, FlaggedAction.UPHOLD)
    decide(store, wrong, FlaggedAction.UPHOLD)
    decide(store, wrong, FlaggedAction.FALSE_ALARM, 5)
    assert sorted(store.verdicts.on_rules(BRAND)) == [("no-promises", False), ("no-promises", True)]
    decide(store, undecided, FlaggedAction.ACCEPT, 6)
    assert sorted(store.verdicts.on_rules(BRAND))[1:] == [("no-promises", True)] * 2
    assert store.verdicts.on_rules("another") == []


def test_a_verdict_is_about_every_finding_that_stands_and_is_no_trial(store: Store) -> None:
    save(store, post(1))
    found = [finding(1), finding(1, "cure", rule="no-cures"), finding(1, "x", rule="on-trial", shadow=True)]
    (number,) = store.judgements.record(BRAND, [judgement(1, *found)], now=NOW).opened
    decide(store, number, FlaggedAction.FALSE_ALARM)
    assert sorted(store.verdicts.on_rules(BRAND)) == [("no-cures", False), ("no-promises", False)]


def test_a_period_has_its_start_and_not_its_end(store: Store) -> None:
    for minutes in (0, 10, 20):
        decide(store, flagged(store, minutes + 1), FlaggedAction.ACCEPT, minutes)
    assert len(store.verdicts.on_rules(BRAND, since=at(10), until=at(20))) == 1
    assert len(store.verdicts.on_rules(BRAND, since=at(10))) == 2
    assert len(store.verdicts.on_rules(BRAND, until=at(10))) == 1
