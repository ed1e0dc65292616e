"""Limits of topics: the newest counts, every line stays, and one step can be taken back."""

from __future__ import annotations

import pytest
from store_values import BRAND, NOW, OWNER, at, finding, flagged

from policies.model.cases.flagged import FlaggedAction
from policies.model.limits import TopicLimits
from storage.errors import UnknownBrand
from storage.limits import LimitsChange
from storage.store import Store

LEAK = "agency-leak"
SHIPPED = TopicLimits(asked=0.1, said=0.3)
FIRST, SECOND = TopicLimits(asked=0.2, said=0.5), TopicLimits(asked=0.3, said=0.7)


def move(store: Store, limits: TopicLimits, minutes: float, actor: str = "machine") -> None:
    change = LimitsChange(limits=limits, code="asked", parts={"title": "Speaks as an agency", "wrong": 7})
    store.limits.change(BRAND, {LEAK: change}, actor=actor, now=at(minutes))


def newest(store: Store) -> int:
    return store.limits.newest(BRAND)[LEAK].id


def test_the_newest_counts_and_all_stay(store: Store) -> None:
    assert store.limits.in_force(BRAND) == {}
    move(store, FIRST, 1)
    move(store, SECOND, 2, actor=OWNER.id)
    move(store, FIRST, 3)
    assert store.limits.in_force(BRAND) == {LEAK: FIRST}
    history = store.limits.history(BRAND)
    assert [(one.change.limits, one.made_at, one.by_machine) for one in history] == [
        (FIRST, at(3), True),
        (SECOND, at(2), False),
        (FIRST, at(1), True),
    ]
    assert history[0].change.parts == {"title": "Speaks as an agency", "wrong": 7}
    assert store.limits.newest(BRAND, by_people=True)[LEAK].made_at == at(2)
    assert [one.made_at for one in store.limits.history(BRAND, since=at(2), until=at(3))] == [at(2)]
    assert store.limits.in_force("another") == {}


def test_a_change_is_taken_back_once_and_both_stay_in_the_log(store: Store) -> None:
    move(store, FIRST, 1)
    move(store, SECOND, 2)
    number = newest(store)
    assert store.limits.undo(BRAND, number, shipped=SHIPPED, actor=OWNER.id, now=at(3))
    assert not store.limits.undo(BRAND, number, shipped=SHIPPED, actor=OWNER.id, now=at(4))
    assert store.limits.in_force(BRAND) == {LEAK: FIRST}
    kept = store.limits.newest(BRAND)[LEAK]
    assert (kept.change.code, kept.made_by, kept.change.parts["of"]) == ("undone", OWNER.id, number)
    lines = [one for one in store.audit.since(BRAND, 0) if one.action == "limits changed"]
    assert [one.detail["code"] for one in lines] == ["asked", "asked", "undone"]


def test_without_anything_before_the_programs_own_count_again(store: Store) -> None:
    move(store, FIRST, 1)
    assert store.limits.undo(BRAND, newest(store), shipped=SHIPPED, actor=OWNER.id, now=at(2))
    assert store.limits.in_force(BRAND) == {}
    assert store.limits.newest(BRAND)[LEAK].change.limits == SHIPPED
    assert store.limits.undo(BRAND, newest(store), shipped=SHIPPED, actor=OWNER.id, now=at(3))
    assert store.limits.in_force(BRAND) == {LEAK: FIRST}, "what was taken back comes again"


def test_nobody_undoes_for_another_brand_or_what_is_not_there(store: Store) -> None:
    move(store, FIRST, 1)
    store.brands.sync("other", accounts=[], people=[OWNER], now=NOW)
    assert not store.limits.undo("other", newest(store), shipped=SHIPPED, actor=OWNER.id, now=at(2))
    assert not store.limits.undo(BRAND, 99, shipped=SHIPPED, actor=OWNER.id, now=at(2))
    with pytest.raises(UnknownBrand):
        store.limits.change("nobody", {}, now=NOW)


def test_findings_that_were_decided_on_come_with_their_chance(store: Store) -> None:
    assert finding(1).score is None
    number = flagged(store, 1)
    store.cases.act(BRAND, number, FlaggedAction.FALSE_ALARM, person=OWNER, note="", now=at(5))
    (one,) = store.verdicts.on_findings(BRAND)
    assert (one.rule, one.right, one.score, one.at) == ("no-promises", False, None, at(5))
    assert one.matched
