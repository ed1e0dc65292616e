"""Who is part of a crisis, and when it is told."""

from __future__ import annotations

from store_values import BRAND, NOW, at, message, save
from test_conversations import asks, grave, keep, stands

from policies.model.finding import Severity
from policies.threads.asking import AtOnce
from policies.threads.conversations import Concern
from storage.store import Store


def upset(store: Store, *numbers: int) -> list[int]:
    """Clients who complain; the numbers of their conversations."""
    save(store, *(asks(number, "It is mouldy") for number in numbers))
    keep(
        store,
        *(
            stands(asks(n, "It is mouldy"), complaint=True, needs_owner=True, reason=Concern.UPSET)
            for n in numbers
        ),
    )
    asked = {f"ann{number}" for number in numbers}
    return [view.id for view in store.conversations.find(BRAND) if view.asker in asked]


def test_a_crisis_is_told_once_in_place_of_its_clients(store: Store) -> None:
    members = upset(store, 1, 2, 3)
    assert {one.letter for one in store.news.untold(BRAND)} == {AtOnce.REMINDER}
    assert store.conversations.join_crisis(BRAND, members[0], members, now=at(1))
    (one,) = store.news.untold(BRAND)
    assert one.letter is AtOnce.CRISIS
    clients = store.news.of_crisis(BRAND, members[0])
    assert [view.conversation.asker for view in clients if view.conversation] == ["ann3", "ann2", "ann1"]
    assert {view.case.severity for view in clients} == {Severity.CRITICAL}
    assert not store.conversations.join_crisis(BRAND, members[0], members, now=at(2)), "the same again"
    assert store.outbox.put_alert(message("c1", "crisis"), one.fingerprints, now=at(2))
    assert store.news.untold(BRAND) == []


def test_who_joins_is_told_only_when_it_has_doubled_and_is_large(store: Store) -> None:
    members = upset(store, 1, 2, 3)
    store.conversations.join_crisis(BRAND, members[0], members, now=NOW)
    assert store.outbox.put_alert(message("c1", "crisis"), store.news.untold(BRAND)[0].fingerprints, now=NOW)
    later = upset(store, *range(4, 10))
    assert not store.conversations.join_crisis(BRAND, members[0], later, now=at(1))
    assert store.news.untold(BRAND) == []
    assert store.conversations.join_crisis(BRAND, members[0], upset(store, 10), now=at(2))
    assert [one.letter for one in store.news.untold(BRAND)] == [AtOnce.CRISIS]


def test_the_first_who_is_in_danger_is_still_told(store: Store) -> None:
    members = upset(store, 1, 2, 3)
    store.conversations.join_crisis(BRAND, members[0], members, now=NOW)
    assert store.outbox.put_alert(message("c1", "crisis"), store.news.untold(BRAND)[0].fingerprints, now=NOW)
    save(store, asks(4, "It made me ill"))
    keep(store, grave(asks(4, "It made me ill")))
    (ill,) = [view.id for view in store.conversations.find(BRAND) if view.grave]
    assert not store.conversations.join_crisis(BRAND, members[0], [ill], now=at(1))
    assert [one.letter for one in store.news.untold(BRAND)] == [AtOnce.ALERT]
