"""Outbox, digests, due work, links, state and the audit log."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from store_values import ACCOUNT, AGENCY, BRAND, NOW, OWNER, at, flagged, message

from policies.model.finding import Severity
from policies.model.people import Person, Role
from storage.errors import LeaseLost, UnknownMessage
from storage.store import Store
from storage.views import AuditEntry, DueJob, MessageState, OutMessage

LEASE = timedelta(minutes=5)


def digest(store: Store, slot: str = "2026-11-20T18:00", name: str = "d1") -> bool:
    return store.save_digest(
        BRAND, slot=slot, since=at(-60), until=NOW, message=message(name, "digest"), now=NOW
    )


def alert(store: Store) -> None:
    flagged(store, 1, severity=Severity.CRITICAL)
    fingerprints = [f.finding.fingerprint for f in store.pending_alerts(BRAND)[0].findings]
    assert store.enqueue_alert(message("a1"), fingerprints, now=NOW)


def claim(store: Store, minute: float = 0) -> OutMessage | None:
    return store.claim_message(worker="w", now=at(minute), lease=LEASE)


def claimed(store: Store, minute: float = 0) -> int:
    found = claim(store, minute)
    assert found is not None
    assert found.id is not None
    return found.id


def states(store: Store) -> list[str]:
    return [m.state.value for m in store.messages(BRAND)]


def test_a_slot_has_one_digest(store: Store) -> None:
    assert store.last_digest(BRAND) is None
    assert digest(store)
    assert not digest(store, name="d2")
    assert not digest(store, slot="2026-11-21T18:00")
    last = store.last_digest(BRAND)
    assert last is not None
    assert (last.slot, last.since, last.until, last.state) == (
        "2026-11-20T18:00",
        at(-60),
        NOW,
        MessageState.PENDING,
    )
    assert store.digests(BRAND, 5) == [last]
    assert states(store) == ["pending"]


def test_a_message_is_claimed_by_one_and_sent_once(store: Store) -> None:
    digest(store)
    found = claim(store)
    assert found is not None
    assert (found.body, found.recipients, found.attempts) == (
        message("d1").body,
        ("ada@example.org",),
        1,
    )
    assert claim(store) is None
    store.leaving(found.id or 0, now=at(1))
    store.delivered(found.id or 0, "sent", "250 ok", now=at(1))
    store.delivered(found.id or 0, "retry", "late news", now=at(2))
    assert states(store) == ["sent"]
    assert claim(store, 999) is None
    assert store.digests(BRAND, 1)[0].state is MessageState.SENT


def test_a_retry_waits_for_its_time(store: Store) -> None:
    digest(store)
    store.delivered(claimed(store), "retry", "421 later", now=NOW, next_try_at=at(10))
    assert claim(store, 9) is None
    again = claim(store, 10)
    assert again is not None
    assert (again.attempts, again.detail) == (2, "421 later")


def test_a_refused_message_is_dead_until_a_person_sends_it_again(store: Store) -> None:
    digest(store)
    number = claimed(store)
    with pytest.raises(UnknownMessage, match="claimed"):
        store.resend(number, now=at(1))
    store.delivered(number, "dead", "550 no", now=NOW)
    assert claim(store, 99) is None
    assert [m.detail for m in store.messages(BRAND, [MessageState.DEAD])] == ["550 no"]
    store.resend(number, now=at(1))
    assert claimed(store, 1) == number
    with pytest.raises(UnknownMessage):
        store.resend(999, now=NOW)


def test_a_dead_worker_before_the_text_left_loses_nothing(store: Store) -> None:
    digest(store)
    number = claimed(store)
    assert claim(store, 4) is None
    assert claimed(store, 5) == number


@pytest.mark.fault(4)
def test_a_dead_worker_while_a_digest_was_leaving_makes_it_uncertain(store: Store) -> None:
    digest(store)
    number = claimed(store)
    store.leaving(number, now=at(1))
    assert claim(store, 6) is None
    assert states(store) == ["uncertain"]
    store.delivered(number, "sent", "250 after all", now=at(7))
    assert states(store) == ["sent"]


@pytest.mark.parametrize("told", [True, False])
def test_an_alert_whose_fate_is_unknown_is_sent_again(store: Store, told: bool) -> None:
    alert(store)
    number = claimed(store)
    store.leaving(number, now=at(1))
    if told:
        store.delivered(number, "uncertain", "line broke", now=at(2))
    assert claimed(store, 6) == number


def test_an_uncertain_digest_is_not_sent_by_itself(store: Store) -> None:
    digest(store)
    store.delivered(claimed(store), "uncertain", "line broke", now=NOW)
    assert claim(store, 9999) is None


def test_a_lost_claim_must_not_send(store: Store) -> None:
    digest(store)
    number = claimed(store)
    with pytest.raises(LeaseLost):
        store.leaving(number, now=at(5))


def test_due_work_is_planned_once_and_claimed_by_one(store: Store) -> None:
    assert store.next_due() is None
    store.ensure_due("pull", "b", due_at=at(2))
    store.ensure_due("pull", "a", due_at=at(1))
    store.ensure_due("pull", "a", due_at=at(9))
    assert store.next_due() == at(1)
    assert store.due(at(1), 9) == [DueJob(name="pull", subject="a", due_at=at(1))]
    assert not store.claim_due("pull", "b", holder="w1", now=at(1), lease=LEASE)
    assert store.claim_due("pull", "a", holder="w1", now=at(1), lease=LEASE)
    assert not store.claim_due("pull", "a", holder="w2", now=at(2), lease=LEASE)
    assert store.due(at(1), 9) == []
    assert store.next_due() == at(2)
    done = {"holder": "w1", "error": None, "now": at(2)}
    assert store.finish_due("pull", "a", next_due_at=at(30), **done)
    assert not store.finish_due("pull", "a", next_due_at=at(40), **done)
    store.forget_due("pull", "b")
    assert store.next_due() == at(30)


@pytest.mark.fault(13)
def test_the_work_of_a_dead_worker_is_free_when_its_lease_ends(store: Store) -> None:
    store.ensure_due("pull", "a", due_at=NOW)
    assert store.claim_due("pull", "a", holder="dead", now=NOW, lease=LEASE)
    assert store.next_due() == at(5)
    assert store.extend_due("pull", "a", holder="dead", now=at(3), lease=LEASE)
    assert not store.claim_due("pull", "a", holder="w2", now=at(5), lease=LEASE)
    assert store.claim_due("pull", "a", holder="w2", now=at(8), lease=LEASE)
    assert not store.extend_due("pull", "a", holder="dead", now=at(8), lease=LEASE)
    assert not store.finish_due("pull", "a", holder="dead", next_due_at=at(9), error=None, now=at(9))


def test_failures_in_a_row_are_counted(store: Store) -> None:
    store.ensure_due("pull", "a", due_at=NOW)
    for minute, error, failures in ((0, "503", 1), (1, "503", 2), (2, None, 0)):
        assert store.claim_due("pull", "a", holder="w", now=at(minute), lease=LEASE)
        store.finish_due("pull", "a", holder="w", next_due_at=at(minute + 1), error=error, now=at(minute))
        assert store.due(at(9), 1)[0].failures == failures


def test_the_roster_is_brought_up_to_date(store: Store) -> None:
    eve = Person(id="eve", name="Eve", role=Role.STAFF)
    store.sync_brand(BRAND, accounts=[("reddit", "crumb")], people=[eve], now=at(1))
    assert store.people(BRAND) == [OWNER, eve, AGENCY]
    assert store.accounts(BRAND) == [("reddit", "crumb"), ("x", ACCOUNT)]
    store.sync_brand(BRAND, accounts=[("reddit", "crumb")], people=[eve], now=at(2), exact=True)
    assert (store.people(BRAND), store.accounts(BRAND)) == ([eve], [("reddit", "crumb")])


def test_links_and_small_values(store: Store) -> None:
    store.revoke_link("l1", now=NOW)
    store.revoke_link("l1", now=at(1))
    assert (store.is_revoked("l1"), store.is_revoked("l2")) == (True, False)
    assert store.get_state("kernel") is None
    store.set_state("kernel", {"a": [1, None]})
    store.set_state("kernel", {"a": [2, "\ud800"]})
    assert store.get_state("kernel") == {"a": [2, "\ud800"]}
    store.set_state("kernel", None)
    assert store.get_state("kernel") is None
    store.ping()
    assert store.integrity() == []


def test_the_audit_log_chains_and_filters(store: Store) -> None:
    for subject in (BRAND, f"{BRAND}/x", f"{BRAND}y", "other"):
        store.audit("operator", "did\ud800", subject, {"b": 1.5, "a": ["é\x00"]}, now=NOW)
    newest, older = store.audit_log(BRAND, limit=2)
    assert isinstance(newest, AuditEntry)
    assert (newest.subject, older.subject) == (f"{BRAND}/x", BRAND)
    assert (newest.action, newest.detail) == ("did\ud800", {"a": ["é\x00"], "b": 1.5})
    assert newest.hash != older.hash
    assert [e.subject for e in store.audit_log(None, 1, 1)] == [f"{BRAND}y"]
    assert store.verify_audit() == 4


def test_random_decisions_verify(store: Store) -> None:
    rng = random.Random(3)
    for n in range(50):
        store.audit(f"p{rng.random()}", "a", BRAND, {"n": rng.random(), str(n): None}, now=at(n))
    assert store.verify_audit() == 50


def test_woken_work_is_due_at_once_or_again_after_it_ran(store: Store) -> None:
    store.ensure_due("check", BRAND, due_at=at(60))
    store.wake("check", BRAND, at=at(1))
    assert store.next_due() == at(1)
    store.wake("check", BRAND, at=at(9))
    assert store.next_due() == at(1)
    assert store.claim_due("check", BRAND, holder="w", now=at(1), lease=LEASE)
    store.wake("check", BRAND, at=at(2))
    store.finish_due("check", BRAND, holder="w", next_due_at=at(60), error=None, now=at(2))
    assert store.next_due() == at(2)


def test_the_only_daemon_takes_all_work_back(store: Store) -> None:
    store.ensure_due("pull", "a", due_at=NOW)
    store.claim_due("pull", "a", holder="dead", now=NOW, lease=LEASE)
    assert (store.free_claims(), store.free_claims()) == (1, 0)
    assert store.claim_due("pull", "a", holder="w", now=NOW, lease=LEASE)
