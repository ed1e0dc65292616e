"""What the owner wants remembered: kept with the verdict, once, and taken back with it."""

from __future__ import annotations

from typing import Any

import pytest
from store_values import AGENCY, BRAND, NOW, OWNER, at, finding, flagged, judgement, post, save

from policies.model.cases.flagged import FlaggedAction
from policies.model.cases.machinery import IllegalTransition
from policies.model.finding import Severity
from policies.model.post import Direction, Kind, Media
from policies.rules import LONGEST_CASE
from storage.errors import UnknownExample
from storage.store import Store


def act(
    store: Store, number: int, action: FlaggedAction, *, now: Any = NOW, remember: bool = True, **more: Any
) -> None:
    store.cases.act(BRAND, number, action, person=OWNER, note="n", now=now, remember=remember, **more)


def kept(store: Store) -> list[tuple[str, str, str]]:
    return [(lesson.rule, lesson.sort, lesson.example.text) for lesson in store.examples.find(BRAND)]


@pytest.mark.parametrize(
    ("action", "sort"),
    [(FlaggedAction.FALSE_ALARM, "ok"), (FlaggedAction.UPHOLD, "flag"), (FlaggedAction.ACCEPT, "flag")],
)
def test_a_verdict_is_kept_as_an_example_of_its_rule(store: Store, action: FlaggedAction, sort: str) -> None:
    number = flagged(store, 1)
    act(store, number, action, now=at(3))
    (lesson,) = store.examples.find(BRAND)
    assert (lesson.rule, lesson.sort, lesson.case) == ("no-promises", sort, number)
    assert (lesson.decided_at, lesson.decided_by) == (at(3), "ada")
    assert (lesson.example.text, lesson.example.platform, lesson.example.kind) == (
        "guaranteed 1",
        "x",
        Kind.POST,
    )
    assert store.examples.find("other") == []
    (line,) = store.audit.find(BRAND, limit=1)
    assert (line.action, line.detail["remembered"]) == (f"case {action}", ["no-promises"])
    store.audit.verify()


def test_without_the_wish_nothing_is_kept_and_the_log_is_as_ever(store: Store) -> None:
    act(store, flagged(store, 1), FlaggedAction.ACCEPT, remember=False)
    assert kept(store) == []
    (line,) = store.audit.find(BRAND, limit=1)
    assert set(line.detail) == {"note", "role", "from", "to"}


def test_what_it_answered_and_its_pictures_come_along(store: Store) -> None:
    save(
        store,
        post("q", "Is it\nsafe?", direction=Direction.INBOUND),
        post(1, "guaranteed", kind=Kind.REPLY, parent_id="q", thread_id="q", media=(Media(kind="image"),)),
    )
    (number,) = store.judgements.record(BRAND, [judgement(1, finding(1))], now=NOW).opened
    act(store, number, FlaggedAction.UPHOLD)
    (lesson,) = store.examples.find(BRAND)
    assert (lesson.example.reply_to, lesson.example.kind) == ("Is it\nsafe?", Kind.REPLY)
    assert lesson.example.alt == (None,)


def test_a_reply_to_the_brand_itself_or_to_an_unknown_post_has_no_question(store: Store) -> None:
    save(store, post(1, "guaranteed"), post(2, "guaranteed", parent_id="1"), post(3, "x", parent_id="no"))
    opened = store.judgements.record(
        BRAND, [judgement(2, finding(2)), judgement(3, finding(3))], now=NOW
    ).opened
    for number in opened:
        act(store, number, FlaggedAction.UPHOLD)
    assert [lesson.example.reply_to for lesson in store.examples.find(BRAND)] == [None, None]


def test_each_rule_that_stands_gets_one_and_trials_none(store: Store) -> None:
    save(store, post(1, "guaranteed cure"))
    found = [
        finding(1),
        finding(1, "cure", Severity.WARN, rule="no-health"),
        finding(1, "guaranteed cure"),
        finding(1, "trial", rule="on-trial", shadow=True),
    ]
    (number,) = store.judgements.record(BRAND, [judgement(1, *found)], now=NOW).opened
    act(store, number, FlaggedAction.FALSE_ALARM)
    assert [rule for rule, _, _ in kept(store)] == ["no-health", "no-promises"]


def test_deciding_twice_keeps_one_and_the_last_word_counts(store: Store) -> None:
    number = flagged(store, 1)
    act(store, number, FlaggedAction.UPHOLD, once="form")
    act(store, number, FlaggedAction.UPHOLD, once="form")
    act(store, number, FlaggedAction.UPHOLD, now=at(1))
    assert kept(store) == [("no-promises", "flag", "guaranteed 1")]
    act(store, number, FlaggedAction.FALSE_ALARM, now=at(2), remember=False)
    assert kept(store) == [], "an example that the owner has contradicted is none"
    (line,) = store.audit.find(BRAND, limit=1)
    assert line.detail["forgotten"] == ["no-promises"]


def test_another_text_of_the_same_post_is_another_example(store: Store) -> None:
    number = flagged(store, 1)
    act(store, number, FlaggedAction.UPHOLD)
    save(store, post(1, "still guaranteed"))
    store.judgements.record(
        BRAND, [judgement(1, finding(1), finding(1, "still guaranteed"), revision=2)], now=at(1)
    )
    act(store, number, FlaggedAction.FALSE_ALARM, now=at(2))
    assert kept(store) == [
        ("no-promises", "flag", "guaranteed 1"),
        ("no-promises", "ok", "still guaranteed"),
    ]


def test_a_step_that_may_not_be_taken_keeps_nothing(store: Store) -> None:
    number = flagged(store, 1)
    with pytest.raises(IllegalTransition):
        store.cases.act(BRAND, number, FlaggedAction.ACCEPT, person=AGENCY, note="", now=NOW, remember=True)
    store.cases.act(BRAND, number, FlaggedAction.ANSWER, person=AGENCY, note="n", now=NOW, remember=True)
    assert kept(store) == []


def test_a_text_that_is_too_long_for_a_case_is_decided_but_not_kept(store: Store) -> None:
    save(store, post(1, "guaranteed " + "x" * LONGEST_CASE))
    (number,) = store.judgements.record(BRAND, [judgement(1, finding(1))], now=NOW).opened
    act(store, number, FlaggedAction.ACCEPT)
    assert kept(store) == []


def test_any_character_can_be_kept(store: Store) -> None:
    text = "guaranteed \x00\x1b\u2028\ufeff\U0001f950 half \ud83d \ud83e\udd50"
    save(store, post(1, text))
    (number,) = store.judgements.record(BRAND, [judgement(1, finding(1))], now=NOW).opened
    act(store, number, FlaggedAction.ACCEPT)
    ((_, _, found),) = kept(store)
    assert found == "guaranteed \x00\x1b\u2028\ufeff\U0001f950 half \ufffd \U0001f950"


def test_examples_can_be_dropped_by_case_and_rule(store: Store) -> None:
    save(store, post(1, "guaranteed"))
    found = [finding(1), finding(1, "cure", rule="no-health")]
    (number,) = store.judgements.record(BRAND, [judgement(1, *found)], now=NOW).opened
    other = flagged(store, 2)
    for case in (number, other):
        act(store, case, FlaggedAction.UPHOLD)
    drop = {"actor": "operator", "now": at(1)}
    assert store.examples.drop(BRAND, number, rule="no-health", **drop) == 1  # type: ignore[arg-type]
    assert [(rule, text) for rule, _, text in kept(store)] == [
        ("no-promises", "guaranteed"),
        ("no-promises", "guaranteed 2"),
    ]
    assert store.examples.drop(BRAND, number, **drop) == 1  # type: ignore[arg-type]
    (line,) = store.audit.find(BRAND, limit=1)
    assert (line.actor, line.action, line.subject) == (
        "operator",
        "example dropped",
        f"{BRAND}/case/{number}",
    )
    assert line.detail == {"rules": ["no-promises"]}
    with pytest.raises(UnknownExample, match="oversight policy learned"):
        store.examples.drop(BRAND, number, **drop)  # type: ignore[arg-type]
    store.brands.sync("rival", accounts=[], people=[OWNER], now=NOW)
    with pytest.raises(UnknownExample):
        store.examples.drop("rival", other, **drop)  # type: ignore[arg-type]
    assert len(kept(store)) == 1
