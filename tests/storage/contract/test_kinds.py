"""Cases about anything: one machinery for all kinds."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from store_values import AGENCY, BRAND, NOW, OWNER, at, finding, judgement, post, save

from policies.model.cases.flagged import FLAGGED, FlaggedAction
from policies.model.cases.machinery import IllegalTransition, NewCase, WaitsFor
from policies.model.cases.unknown_signer import UNKNOWN_SIGNER, SignerAction, SignerState
from policies.model.finding import Severity
from storage.store import Store

ZZ = NewCase(kind=UNKNOWN_SIGNER, subject="^ZZ", severity=Severity.WARN)


def asked(store: Store, *numbers: int) -> list[int]:
    """Posts that ^ZZ signed and that a rule stops at; the numbers of the cases about the mark."""
    opened: list[int] = []
    for number in numbers:
        save(store, post(number, f"guaranteed {number} ^ZZ"))
        judged = judgement(number, finding(number), cases=(ZZ,))
        opened += store.judgements.record(BRAND, [judged], now=at(number)).opened
    about_marks = store.cases.find(BRAND, kind=UNKNOWN_SIGNER)
    return [view.case.id for view in about_marks if view.case.id in opened]


def test_a_mark_is_asked_about_once(store: Store) -> None:
    (number,) = asked(store, 1, 2, 3)
    view = store.cases.get(BRAND, number)
    assert (view.case.subject, view.case.state, view.case.waits_for) == (
        "^ZZ",
        SignerState.OPEN,
        WaitsFor.OWNER,
    )
    assert view.post is not None
    assert view.post.key.external_id == "1"
    assert view.findings == (), "the findings of the post are another case's"
    assert store.cases.waiting(BRAND) == {WaitsFor.AGENCY: 3, WaitsFor.OWNER: 1}
    assert store.cases.waiting(BRAND, UNKNOWN_SIGNER) == {WaitsFor.OWNER: 1}
    assert [v.case.id for v in store.cases.find(BRAND, waits_for={WaitsFor.OWNER})] == [number]


def test_each_may_do_what_the_kind_says_and_the_clock_runs_while_it_is_asked(store: Store) -> None:
    (number,) = asked(store, 1)

    def act(action: SignerAction, person: object = OWNER) -> object:
        return store.cases.act(BRAND, number, action, person=person, note="n", now=at(9))

    with pytest.raises(IllegalTransition):
        act(SignerAction.NAME, AGENCY)
    with pytest.raises(IllegalTransition):
        act(FlaggedAction.UPHOLD)
    assert store.cases.get(BRAND, number).case.due_at is None
    case = act(SignerAction.ASK)
    assert (case.state, case.due_at) == (SignerState.ASKED, at(9) + timedelta(days=2))
    assert act(SignerAction.NAME, AGENCY).due_at is None
    assert act(SignerAction.KNOW).closed
    actions = [entry.action for entry in store.audit.find(BRAND, limit=3)]
    assert actions == ["case know", "case name", "case ask"]


def test_a_verdict_on_one_case_says_nothing_about_anothers_rule(store: Store) -> None:
    (number,) = asked(store, 1)
    store.cases.act(BRAND, number, SignerAction.KNOW, person=OWNER, note="", now=NOW, remember=True)
    assert store.examples.find(BRAND) == []
    (about_the_post,) = store.cases.find(BRAND, kind=FLAGGED)
    assert not about_the_post.case.closed
    store.posts.mark_deleted([about_the_post.post.key], now=at(1))
    assert store.cases.get(BRAND, about_the_post.case.id).case.closed
    assert store.cases.get(BRAND, number).case.events[-1].action is SignerAction.KNOW


def test_a_mark_outlives_the_post_that_showed_it_first(store: Store) -> None:
    (number,) = asked(store, 1)
    store.posts.mark_deleted([post(1).key], now=at(1))
    assert not store.cases.get(BRAND, number).case.closed


def test_all_kinds_are_exported(store: Store) -> None:
    asked(store, 1)
    output = io.StringIO()
    store.exports.write("cases", output, form="jsonl", brand=BRAND)
    kinds = {line["kind"]: line["subject"] for line in map(json.loads, output.getvalue().splitlines())}
    assert kinds == {"post": str(post(1).key), "unknown-signer": "^ZZ"}
