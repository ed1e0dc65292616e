"""Outbox, digests, links, state and the audit log."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from store_values import AGENCY, BRAND, NOW, OWNER, X, at, flagged, log, message

from policies.model.finding import Severity
from policies.model.keys import AccountKey
from policies.model.people import Person, Role
from storage.errors import LeaseLost, UnknownLink, UnknownMessage
from storage.store import Store
from storage.views import AuditEntry, IssuedLink, MessageState, OutMessage

LEASE = timedelta(minutes=5)
REDDIT = AccountKey(platform="reddit", handle="crumb")


def digest(store: Store, slot: str = "2026-11-20T18:00", name: str = "d1") -> bool:
    return store.digests.save(
        BRAND, slot=slot, since=at(-60), until=NOW, message=message(name, "digest"), now=NOW
    )


def alert(store: Store) -> None:
    flagged(store, 1, severity=Severity.CRITICAL)
    fingerprints = list(store.news.untold(BRAND)[0].fingerprints)
    assert store.outbox.put_alert(message("a1"), fingerprints, now=NOW)


def claim(store: Store, minute: float = 0) -> OutMessage | None:
    return store.outbox.claim(worker="w", now=at(minute), lease=LEASE)


def claimed(store: Store, minute: float = 0) -> int:
    found = claim(store, minute)
    assert found is not None
    assert found.id is not None
    return found.id


def states(store: Store) -> list[str]:
    return [m.state.value for m in store.outbox.find(BRAND)]


def test_a_slot_has_one_digest(store: Store) -> None:
    assert store.digests.last(BRAND) is None
    assert digest(store)
    assert not digest(store, name="d2")
    assert not digest(store, slot="2026-11-21T18:00")
    last = store.digests.last(BRAND)
    assert last is not None
    assert (last.slot, last.since, last.until, last.state) == (
        "2026-11-20T18:00",
        at(-60),
        NOW,
        MessageState.PENDING,
    )
    assert store.digests.find(BRAND, 5) == [last]
    assert states(store) == ["pending"]


def test_what_cannot_wait_is_claimed_first_and_the_rest_in_order(store: Store) -> None:
    kinds = ("notice", "digest", "reminder", "notice", "alert", "crisis", "alert")
    store.outbox.put([message(f"m{n}", kind) for n, kind in enumerate(kinds)], now=NOW)
    keys = [found.key for _ in kinds if (found := claim(store))]
    assert keys == ["m5", "m4", "m6", "m2", "m0", "m1", "m3"]


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
    store.outbox.leaving(found.id or 0, now=at(1))
    store.outbox.delivered(found.id or 0, "sent", "250 ok", now=at(1))
    store.outbox.delivered(found.id or 0, "retry", "late news", now=at(2))
    assert states(store) == ["sent"]
    assert claim(store, 999) is None
    assert store.digests.find(BRAND, 1)[0].state is MessageState.SENT


def test_a_retry_waits_for_its_time(store: Store) -> None:
    digest(store)
    store.outbox.delivered(claimed(store), "retry", "421 later", now=NOW, next_try_at=at(10))
    assert claim(store, 9) is None
    again = claim(store, 10)
    assert again is not None
    assert (again.attempts, again.detail) == (2, "421 later")


def test_a_refused_message_is_dead_until_a_person_sends_it_again(store: Store) -> None:
    digest(store)
    number = claimed(store)
    with pytest.raises(UnknownMessage, match="claimed"):
        store.outbox.resend(number, now=at(1))
    store.outbox.delivered(number, "dead", "550 no", now=NOW)
    assert claim(store, 99) is None
    assert [m.detail for m in store.outbox.find(BRAND, [MessageState.DEAD])] == ["550 no"]
    store.outbox.resend(number, now=at(1))
    assert claimed(store, 1) == number
    with pytest.raises(UnknownMessage):
        store.outbox.resend(999, now=NOW)


def test_a_dead_worker_before_the_text_left_loses_nothing(store: Store) -> None:
    digest(store)
    number = claimed(store)
    assert claim(store, 4) is None
    assert claimed(store, 5) == number


@pytest.mark.fault(4)
def test_a_dead_worker_while_a_digest_was_leaving_makes_it_uncertain(store: Store) -> None:
    digest(store)
    number = claimed(store)
    store.outbox.leaving(number, now=at(1))
    assert claim(store, 6) is None
    assert states(store) == ["uncertain"]
    store.outbox.delivered(number, "sent", "250 after all", now=at(7))
    assert states(store) == ["sent"]


@pytest.mark.parametrize("told", [True, False])
def test_an_alert_whose_fate_is_unknown_is_sent_again(store: Store, told: bool) -> None:
    alert(store)
    number = claimed(store)
    store.outbox.leaving(number, now=at(1))
    if told:
        store.outbox.delivered(number, "uncertain", "line broke", now=at(2))
    assert claimed(store, 6) == number


def test_an_uncertain_digest_is_not_sent_by_itself(store: Store) -> None:
    digest(store)
    store.outbox.delivered(claimed(store), "uncertain", "line broke", now=NOW)
    assert claim(store, 9999) is None


def test_a_lost_claim_must_not_send(store: Store) -> None:
    digest(store)
    number = claimed(store)
    with pytest.raises(LeaseLost):
        store.outbox.leaving(number, now=at(5))


def test_the_roster_is_brought_up_to_date(store: Store) -> None:
    eve = Person(id="eve", name="Eve", role=Role.STAFF)
    store.brands.sync(BRAND, accounts=[REDDIT], people=[eve], now=at(1))
    assert store.brands.people(BRAND) == [OWNER, eve, AGENCY]
    assert store.brands.accounts(BRAND) == [REDDIT, X]
    store.brands.sync(BRAND, accounts=[REDDIT], people=[eve], now=at(2), exact=True)
    assert (store.brands.people(BRAND), store.brands.accounts(BRAND)) == ([eve], [REDDIT])


def issued(name: str, minute: int = 0) -> IssuedLink:
    return IssuedLink(
        id=name,
        brand=BRAND,
        person="tom",
        purpose="queue",
        case=None,
        made_at=at(minute),
        expires_at=at(9000),
    )


def test_links_are_remembered_with_their_visits(store: Store) -> None:
    store.links.put(issued("l1"))
    store.links.put(issued("l2", 5))
    assert store.links.find(BRAND) == [issued("l2", 5), issued("l1")]
    for minute in (10, 20, 39, 40, 41):
        store.links.used(replace(issued("l1"), made_at=None), now=at(minute))
    assert store.links.find(BRAND)[1] == replace(issued("l1"), uses=2, last_used_at=at(40))
    assert store.links.find("other") == []


def test_a_link_from_before_is_remembered_from_its_next_use_on(store: Store) -> None:
    store.links.used(replace(issued("old"), made_at=None), now=at(1))
    assert store.links.find(BRAND) == [replace(issued("old"), made_at=None, uses=1, last_used_at=at(1))]


def test_one_link_is_revoked_and_the_log_says_so(store: Store) -> None:
    store.links.put(issued("l1"))
    store.links.put(issued("l2"))
    with pytest.raises(UnknownLink, match="link list"):
        store.links.revoke("other", "l1", now=NOW)
    store.links.revoke(BRAND, "l1", now=NOW)
    store.links.revoke(BRAND, "l1", now=at(1))
    assert (store.links.is_revoked("l1"), store.links.is_revoked("l2")) == (True, False)
    assert [one.revoked_at for one in store.links.find(BRAND)] == [NOW, None]
    (line,) = store.audit.find(BRAND, limit=5)
    assert (line.actor, line.action, line.subject) == ("operator", "link revoked", f"{BRAND}/link/l1")


def test_expired_links_are_forgotten_in_time(store: Store) -> None:
    store.links.put(replace(issued("l1"), expires_at=NOW))
    store.upkeep.prune(NOW + timedelta(days=399))
    assert store.links.find(BRAND)
    store.upkeep.prune(NOW + timedelta(days=401))
    assert store.links.find(BRAND) == []


def test_small_values(store: Store) -> None:
    assert store.state.get("kernel") is None
    store.state.set("kernel", {"a": [1, None]})
    store.state.set("kernel", {"a": [2, "\ud800"]})
    assert store.state.get("kernel") == {"a": [2, "\ud800"]}
    store.state.set("kernel", None)
    assert store.state.get("kernel") is None
    store.upkeep.ping()
    assert store.upkeep.integrity() == []


def test_the_audit_log_chains_and_filters(store: Store) -> None:
    log(store, BRAND, f"{BRAND}/x", f"{BRAND}y", "other", action="did\ud800", b=1.5, a=["é\x00"])
    newest, older = store.audit.find(BRAND, limit=2)
    assert isinstance(newest, AuditEntry)
    assert (newest.subject, older.subject) == (f"{BRAND}/x", BRAND)
    assert (newest.action, newest.detail) == ("did\ud800", {"a": ["é\x00"], "b": 1.5})
    assert newest.hash != older.hash
    assert [e.subject for e in store.audit.find(None, 1, 1)] == [f"{BRAND}y"]
    assert store.audit.verify() == 4


def test_random_decisions_verify(store: Store) -> None:
    rng = random.Random(3)
    for n in range(50):
        log(store, f"{BRAND}/{rng.random()}", now=at(n), n=rng.random(), **{str(n): None})
    assert store.audit.verify() == 50
