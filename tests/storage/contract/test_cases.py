"""Judgements, findings, cases, verdicts and alerts."""

from __future__ import annotations

import io
import json

import pytest
from store_values import (
    AGENCY,
    BRAND,
    HAPPY,
    NOW,
    OWNER,
    at,
    finding,
    flagged,
    judgement,
    key,
    message,
    post,
    save,
)

from policies.model.cases.flagged import FLAGGED, FlaggedAction, FlaggedState
from policies.model.cases.machinery import IllegalTransition, WaitsFor
from policies.model.coverage import Unchecked, Why
from policies.model.finding import Severity, Span
from policies.scoring import Reading
from storage.errors import UnknownCase, UnknownPost
from storage.store import Store
from storage.views import Recorded


def act(store: Store, number: int, action: FlaggedAction, *, person=OWNER, now=NOW, **more):
    return store.cases.act(BRAND, number, action, person=person, note="n", now=now, **more)


def test_a_post_is_judged_once_per_revision(store: Store) -> None:
    save(store, post(2), post(1))
    waiting = store.posts.unjudged(BRAND, limit=1)
    assert [one.post.key for one in waiting] == [key(1)]
    store.judgements.record(BRAND, [judgement(1), judgement(2)], now=NOW)
    assert store.posts.unjudged(BRAND, limit=9) == []
    save(store, post(1, "edited"))
    (again,) = store.posts.unjudged(BRAND, limit=9)
    assert (again.post.text, again.revision) == ("edited", 2)


def test_a_breach_opens_a_case(store: Store) -> None:
    save(store, post(1, thread_id="0"), post(0, "How much?", thread_id="0"))
    worst = finding(1, "cure", Severity.CRITICAL, score=0.5, suggest=None)
    recorded = store.judgements.record(
        BRAND, [judgement(1, finding(1), worst, finding(1, "w", Severity.WARN))], now=at(1)
    )
    assert (recorded.new_findings, recorded.alerts, len(recorded.opened)) == (3, 1, 1)
    view = store.cases.get(BRAND, recorded.opened[0])
    assert (view.case.state, view.case.severity) == (FlaggedState.OPEN, Severity.CRITICAL)
    assert (view.case.opened_at, view.case.events) == (at(1), ())
    assert [f.finding for f in view.findings] == [worst, finding(1), finding(1, "w", Severity.WARN)]
    assert {(f.found_at, f.gone_at, f.revision) for f in view.findings} == {(at(1), None, 1)}


@pytest.mark.parametrize(
    "harmless", [finding(1, severity=Severity.WARN), finding(1, severity=Severity.CRITICAL, shadow=True)]
)
def test_warnings_and_rules_on_trial_open_no_case(store: Store, harmless: object) -> None:
    save(store, post(1))
    assert store.judgements.record(BRAND, [judgement(1, harmless)], now=NOW) == Recorded(new_findings=1)
    assert store.cases.count(BRAND, FLAGGED) == dict.fromkeys(FlaggedState, 0)
    assert store.news.untold(BRAND) == []


def test_the_same_judgement_again_changes_nothing(store: Store) -> None:
    flagged(store, 1, severity=Severity.CRITICAL)
    before = store.audit.find(None, limit=1)
    again = store.judgements.record(BRAND, [judgement(1, finding(1, severity=Severity.CRITICAL))], now=at(1))
    assert again == Recorded()
    assert store.audit.find(None, limit=1) == before


def test_an_edit_that_mends_closes_the_case(store: Store) -> None:
    number = flagged(store, 1)
    act(store, number, FlaggedAction.CLAIM_FIX, person=AGENCY)
    save(store, post(1, "mended"))
    recorded = store.judgements.record(BRAND, [judgement(1, revision=2)], now=at(2))
    assert (recorded.closed, recorded.gone_findings) == ((number,), 1)
    view = store.cases.get(BRAND, number)
    assert view.case.closed
    assert view.findings[0].gone_at == at(2)


def test_an_edit_elsewhere_moves_the_words_and_keeps_the_case(store: Store) -> None:
    number = flagged(store, 1)
    save(store, post(1, "Now guaranteed"))
    moved = finding(1, spans=(Span(start=4, end=14),))
    assert store.judgements.record(BRAND, [judgement(1, moved, revision=2)], now=at(2)) == Recorded()
    (found,) = store.cases.get(BRAND, number).findings
    assert (found.finding.spans, found.revision, found.found_at) == (moved.spans, 2, NOW)


def test_what_was_mended_and_comes_back_is_asked_again(store: Store) -> None:
    number = flagged(store, 1)
    for revision, text in ((2, "mended"), (3, "guaranteed 1")):
        save(store, post(1, text))
        found = [finding(1)] if revision == 3 else []
        recorded = store.judgements.record(BRAND, [judgement(1, *found, revision=revision)], now=at(revision))
    assert recorded.opened == (number,)
    view = store.cases.get(BRAND, number)
    assert [e.action for e in view.case.events] == [FlaggedAction.FIX_SEEN, FlaggedAction.FOUND_AGAIN]
    assert (view.case.state, view.findings[0].gone_at) == (FlaggedState.OPEN, None)


def test_what_the_owner_let_pass_stays_closed_until_something_new(store: Store) -> None:
    number = flagged(store, 1)
    act(store, number, FlaggedAction.ACCEPT)
    for revision, found in ((2, []), (3, [finding(1)])):
        save(store, post(1, f"revision {revision}"))
        store.judgements.record(BRAND, [judgement(1, *found, revision=revision)], now=at(revision))
    assert store.cases.get(BRAND, number).case.closed
    save(store, post(1, "cure"))
    cure = finding(1, "cure", Severity.CRITICAL)
    recorded = store.judgements.record(BRAND, [judgement(1, finding(1), cure, revision=4)], now=at(4))
    assert recorded.opened == (number,)
    assert store.cases.get(BRAND, number).case.severity is Severity.CRITICAL


def test_another_rule_version_does_not_undo_what_was_said(store: Store) -> None:
    number = flagged(store, 1)
    recorded = store.judgements.record(BRAND, [judgement(1, version="p2")], now=at(1))
    assert recorded == Recorded()
    assert store.cases.get(BRAND, number).case.state is FlaggedState.OPEN


def test_a_judgement_that_comes_late_is_history(store: Store) -> None:
    save(store, post(1, "guaranteed"))
    save(store, post(1, "mended"))
    store.judgements.record(BRAND, [judgement(1, revision=2)], now=NOW)
    assert store.judgements.record(BRAND, [judgement(1, finding(1), revision=1)], now=NOW) == Recorded()


def test_a_deleted_post_is_judged_and_asks_nobody(store: Store) -> None:
    save(store, post(1, deleted_at=at(1)))
    critical = finding(1, severity=Severity.CRITICAL)
    assert store.judgements.record(BRAND, [judgement(1, critical)], now=at(2)) == Recorded(new_findings=1)
    ((found, _),) = store.periods.findings(BRAND, since=NOW, until=at(9), at_least=Severity.INFO, limit=9)
    assert found.gone_at == at(1)


def test_judgements_are_kept_all_or_none(store: Store) -> None:
    save(store, post(1))
    with pytest.raises(UnknownPost, match="99"):
        store.judgements.record(BRAND, [judgement(1, finding(1)), judgement(99)], now=NOW)
    assert len(store.posts.unjudged(BRAND, limit=9)) == 1
    assert store.cases.find(BRAND) == []


def test_notes_of_a_judgement_are_kept_once(store: Store) -> None:
    save(store, post(1))
    note = Unchecked(why=Why.LANGUAGE, platform="x", account="a", detail="Thai.", count=1)
    for _ in range(2):
        store.judgements.record(BRAND, [judgement(1, unchecked=(note,))], now=NOW)
    assert store.periods.unchecked(BRAND, since=NOW, until=at(1)) == [note]


def test_the_worst_comes_first_then_the_oldest(store: Store) -> None:
    numbers = [
        flagged(store, 1, now=at(1)),
        flagged(store, 2, now=at(0)),
        flagged(store, 3, severity=Severity.CRITICAL, now=at(2)),
    ]
    act(store, flagged(store, 4), FlaggedAction.ACCEPT)
    order = [view.case.id for view in store.cases.find(BRAND, states=[FlaggedState.OPEN])]
    assert order == [numbers[2], numbers[1], numbers[0]]
    assert [v.case.id for v in store.cases.find(BRAND, states=[FlaggedState.OPEN], limit=1, offset=1)] == [
        numbers[1]
    ]
    counts = store.cases.count(BRAND, FLAGGED)
    assert (counts[FlaggedState.OPEN], counts[FlaggedState.CLOSED], counts[FlaggedState.UPHELD]) == (3, 1, 0)
    assert store.cases.waiting(BRAND) == {WaitsFor.AGENCY: 3, WaitsFor.OWNER: 1, WaitsFor.NOBODY: 1}
    urgent = store.cases.find(BRAND, waits_for={WaitsFor.OWNER})
    assert [view.case.id for view in urgent] == [numbers[2]], "the alert says that it needs the owner now"
    assert store.cases.waiting(BRAND, FLAGGED) == store.cases.waiting(BRAND)
    assert len(store.cases.find(BRAND)) == 4


def test_people_settle_a_case(store: Store) -> None:
    number = flagged(store, 1)
    act(store, number, FlaggedAction.DISPUTE, person=AGENCY, now=at(1))
    case = act(store, number, FlaggedAction.UPHOLD, now=at(2))
    assert (case.state, case.updated_at) == (FlaggedState.UPHELD, at(2))
    assert [(e.actor, e.action, e.note) for e in case.events] == [
        ("tom", FlaggedAction.DISPUTE, "n"),
        ("ada", FlaggedAction.UPHOLD, "n"),
    ]
    actions = [line.action for line in store.audit.find(BRAND, limit=3)]
    assert actions == ["case uphold", "case dispute", "case opened"]
    opened = store.audit.find(BRAND, limit=3)[-1]
    assert [line.action for line in store.audit.since(BRAND, opened.seq)] == ["case dispute", "case uphold"]
    assert store.audit.since("rival", 0) == []


def test_steps_that_may_not_be_taken_change_nothing(store: Store) -> None:
    number = flagged(store, 1)
    lines = len(store.audit.find(None))
    with pytest.raises(IllegalTransition):
        act(store, number, FlaggedAction.ACCEPT, person=AGENCY, once="form-1")
    with pytest.raises(UnknownCase):
        store.cases.act("rival", number, FlaggedAction.ACCEPT, person=OWNER, note="", now=NOW)
    with pytest.raises(UnknownCase):
        act(store, 99, FlaggedAction.ACCEPT)
    assert len(store.audit.find(None)) == lines
    assert act(store, number, FlaggedAction.ACCEPT, once="form-1").state is FlaggedState.CLOSED


def test_a_form_sent_twice_is_one_decision(store: Store) -> None:
    number = flagged(store, 1)
    first = act(store, number, FlaggedAction.ACCEPT, once="form-1")
    assert act(store, number, FlaggedAction.ACCEPT, once="form-1", now=at(1)) == first
    with pytest.raises(IllegalTransition):
        act(store, number, FlaggedAction.ACCEPT, once="form-2")


def test_a_critical_finding_is_mailed_once(store: Store) -> None:
    number = flagged(store, 1, severity=Severity.CRITICAL)
    (one,) = store.news.untold(BRAND)
    assert (one.letter, one.view.case.id, one.raised_at) == ("alert", number, NOW)
    fingerprints = [f.finding.fingerprint for f in one.view.findings]
    assert list(one.fingerprints) == fingerprints
    assert store.outbox.put_alert(message("a1"), fingerprints, now=NOW)
    assert not store.outbox.put_alert(message("a2"), fingerprints, now=NOW)
    assert store.news.untold(BRAND) == []
    assert [m.key for m in store.outbox.find(BRAND)] == ["a1"]


def test_an_alert_that_came_meanwhile_still_waits(store: Store) -> None:
    flagged(store, 1, severity=Severity.CRITICAL)
    seen = list(store.news.untold(BRAND)[0].fingerprints)
    save(store, post(1, "worse"))
    worse = finding(1, "worse", Severity.CRITICAL)
    store.judgements.record(
        BRAND, [judgement(1, finding(1, severity=Severity.CRITICAL), worse, revision=2)], now=NOW
    )
    assert store.outbox.put_alert(message("a1"), seen, now=NOW)
    assert len(store.news.untold(BRAND)) == 1


def test_nothing_is_mailed_about_what_is_gone(store: Store) -> None:
    flagged(store, 1, severity=Severity.CRITICAL)
    store.posts.mark_deleted([key(1)], now=NOW)
    assert store.news.untold(BRAND) == []


def test_scores_are_cached_by_text_and_version(store: Store) -> None:
    unread = Reading(language="th", readable=False, heads={})
    store.judgements.save_readings({"h1": HAPPY, "h2": unread}, "s1", now=NOW)
    store.judgements.save_readings({"h1": unread}, "s2", now=NOW)
    assert store.judgements.readings(["h1", "h2", "h3"], "s1") == {"h1": HAPPY, "h2": unread}
    assert store.judgements.readings(["h1"], "s2") == {"h1": unread}
    store.upkeep.prune(at(60 * 24 * 100))
    assert store.judgements.readings(["h1"], "s1") == {}


def test_policy_versions_are_in_force_one_after_the_other(store: Store) -> None:
    for version, minute in (("a", 1), ("a", 2), ("b", 3), ("a", 5)):
        store.brands.put_policies(BRAND, version, f"rules of {version}", now=at(minute))
    output = io.StringIO()
    store.exports.write("policies", output, form="jsonl", brand=BRAND)
    kept = [json.loads(line) for line in output.getvalue().splitlines()]
    assert [(one["version"], one["in_force_from"]) for one in kept] == [
        ("a", at(1).isoformat()),
        ("b", at(3).isoformat()),
        ("a", at(5).isoformat()),
    ]
    assert kept[1]["content"] == "rules of b"
