"""How clients stand: kept with what follows for cases and letters, each once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from store_values import AGENCY, BRAND, NOW, OWNER, X, at, key, message, post, save

from policies.model.cases.conversation import CONVERSATION, ConversationAction, ConversationState
from policies.model.finding import Severity
from policies.model.keys import ThreadKey
from policies.model.post import Direction, Kind, Post
from policies.threads.asking import AtOnce
from policies.threads.conversations import Concern, Conversation, Standing
from storage.conversation_views import AssessedConversation, KeptConversations
from storage.store import Store


def thread(number: int | str) -> ThreadKey:
    return ThreadKey(account=X, thread_id=str(number))


def asks(number: int, text: str = "Is it safe?", **more: object) -> Post:
    said = {"direction": Direction.INBOUND, "kind": Kind.COMMENT, "author": f"ann{number}"}
    return post(number, text, **{**said, **more})


def stands(first: Post, **more: object) -> Conversation:
    fields = {
        "thread": first.thread_key,
        "asker": first.author,
        "asked": first,
        "latest": first,
        "answer": None,
        "newest_answer": None,
        "first_answer": None,
        "business": None,
        "waits_since": first.created_at,
        "waited": timedelta(),
        "late_at": at(120),
        "standing": Standing.WAITING,
        "complaint": False,
        "needs_owner": False,
        "brushed_off": False,
        "grave": False,
        "reason": None,
    }
    return Conversation(**{**fields, **more})  # type: ignore[arg-type]


def grave(first: Post) -> Conversation:
    return stands(first, complaint=True, needs_owner=True, grave=True, reason=Concern.DANGER)


def keep(store: Store, *found: Conversation, now=NOW, **more) -> KeptConversations:
    threads = store.conversations.touched(BRAND, limit=99)
    assessed = [AssessedConversation(whole=one, **more) for one in found]
    return store.conversations.keep(BRAND, assessed, threads=threads, scorer_version="s1", now=now)


def test_a_thread_is_assessed_when_something_changed_in_it(store: Store) -> None:
    save(store, asks(1), post(2, "We bake", created_at=NOW - timedelta(days=40)))
    assert store.conversations.touched(BRAND, limit=9) == {thread(1): 1}
    keep(store, stands(asks(1)))
    assert store.conversations.touched(BRAND, limit=9) == {}
    save(store, asks(1))
    assert store.conversations.touched(BRAND, limit=9) == {}, "nothing changed"
    save(store, asks(1, "Is it safe for children?"))
    assert store.conversations.touched(BRAND, limit=9) == {thread(1): 1}
    store.posts.mark_deleted([key(1)], now=at(1))
    assert store.conversations.touched(BRAND, limit=9) == {thread(1): 2}


def test_what_changes_while_a_thread_is_assessed_is_not_lost(store: Store) -> None:
    save(store, asks(1))
    threads = store.conversations.touched(BRAND, limit=9)
    save(store, post("a", "Yes", thread_id="1", parent_id="1"))
    one = AssessedConversation(whole=stands(asks(1)))
    store.conversations.keep(BRAND, [one], threads=threads, scorer_version="s1", now=NOW)
    assert store.conversations.touched(BRAND, limit=9) == {thread(1): 2}


def test_a_grave_one_opens_a_case_and_is_told_once(store: Store) -> None:
    save(store, asks(1))
    watched = keep(store, grave(asks(1)))
    assert (len(watched.opened), watched.told) == (1, 1)
    (view,) = store.cases.find(BRAND, kind=CONVERSATION)
    assert (view.case.severity, view.case.subject) == (Severity.CRITICAL, f"x/{X.handle}/1/ann1")
    assert view.post == asks(1)
    assert view.conversation is not None
    assert (view.conversation.reason, view.conversation.case) == (Concern.DANGER, view.case.id)
    assert keep(store, grave(asks(1)), now=at(1)) == KeptConversations()
    (one,) = store.news.untold(BRAND)
    assert (one.letter, one.view.case.id) == (AtOnce.ALERT, view.case.id)
    assert store.outbox.put_alert(message("a1"), one.fingerprints, now=at(2))
    assert store.news.untold(BRAND) == []
    assert store.outbox.last(BRAND, "alert") == NOW
    assert store.outbox.last(BRAND, "reminder") is None


def test_a_promise_that_runs_out_brings_its_thread_back(store: Store) -> None:
    save(store, asks(1))
    keep(store, stands(asks(1)))
    assert store.conversations.next_late(BRAND) == at(120)
    assert store.conversations.grown_late(BRAND, now=at(119), limit=9) == []
    assert store.conversations.grown_late(BRAND, now=at(120), limit=9) == [thread(1)]
    watched = keep(store, stands(asks(1), reason=Concern.LATE, needs_owner=True), now=at(120))
    assert (len(watched.opened), watched.told) == (1, 1)
    assert store.conversations.grown_late(BRAND, now=at(121), limit=9) == []
    assert store.conversations.next_late(BRAND) is None


def test_who_waited_and_was_answered_is_settled(store: Store) -> None:
    answer = post("a", "Yes, it is", thread_id="1", parent_id="1", created_at=at(130))
    save(store, asks(1))
    keep(store, stands(asks(1), reason=Concern.LATE), now=at(120))
    save(store, answer, now=at(131))
    done = stands(asks(1), answer=answer, newest_answer=answer, waits_since=None, late_at=None,
                  standing=Standing.ANSWERED, business=timedelta(hours=1))  # fmt: skip
    watched = keep(store, done, now=at(131))
    (view,) = store.cases.find(BRAND, kind=CONVERSATION)
    assert watched.settled == (view.case.id,)
    assert view.case.state is ConversationState.CLOSED
    assert store.news.untold(BRAND) == [], "settled before it was mailed"
    (kept,) = store.conversations.find(BRAND)
    assert (kept.answer, kept.business, kept.standing) == (answer, timedelta(hours=1), Standing.ANSWERED)


def test_a_step_that_somebody_takes_meanwhile_is_not_overrun(store: Store) -> None:
    save(store, asks(1))
    (number,) = keep(store, grave(asks(1))).opened
    act(store, number, ConversationAction.LEAVE, at(5))
    stepped = store.conversations.stepped([thread(1)])[thread(1), "ann1"]
    assert (stepped.at, stepped.fresh) == (at(5), frozenset())
    more = asks(7, "It is worse", thread_id="1", author="ann1")
    save(store, more, now=at(6))
    assert store.conversations.stepped([thread(1)])[thread(1), "ann1"].fresh == {key(7)}
    newer = replace(grave(asks(1)), latest=more)
    assert keep(store, newer, now=at(7)) == KeptConversations(), "it was assessed before the step was known"
    assert list(store.conversations.touched(BRAND, limit=9)) == [thread(1)]
    again = keep(store, newer, now=at(8), fresh=grave(more), stepped_at=at(5))
    assert (again.opened, again.told) == ((number,), 1)
    assert store.cases.get(BRAND, number).post == more


def test_a_client_who_took_everything_back_waits_for_nothing(store: Store) -> None:
    save(store, asks(1))
    keep(store, stands(asks(1), complaint=True))
    store.posts.mark_deleted([key(1)], now=at(1))
    keep(store, now=at(2))
    (kept,) = store.conversations.find(BRAND)
    assert (kept.standing, kept.complaint, kept.late_at) == (Standing.CLOSED, False, None)


def test_conversations_are_found_and_counted_by_what_is_asked(store: Store) -> None:
    save(store, *(asks(number) for number in (1, 2, 3)))
    quiet = stands(asks(1), waits_since=None, late_at=None, standing=Standing.ANSWERED)
    keep(store, quiet, grave(asks(2)), stands(asks(3), complaint=True))
    assert [view.asker for view in store.conversations.find(BRAND)] == ["ann2", "ann3", "ann1"]
    assert [view.asker for view in store.conversations.find(BRAND, asks=True)] == ["ann2", "ann3"]
    assert store.conversations.count(BRAND, complaints=True) == 2
    period = {"since": NOW + timedelta(seconds=2), "until": NOW + timedelta(seconds=3)}
    assert [view.asker for view in store.conversations.find(BRAND, **period)] == ["ann2"]
    assert store.conversations.count(BRAND, **period) == 1


def test_the_agency_says_what_it_did(store: Store) -> None:
    save(store, asks(1))
    (number,) = keep(store, grave(asks(1))).opened
    act(store, number, ConversationAction.HAND_ON, at(1))
    assert store.cases.get(BRAND, number).case.due_at == at(1) + timedelta(days=1)
    told = store.cases.act(
        BRAND, number, ConversationAction.TELL, person=AGENCY, note="Called them", now=at(2)
    )
    assert told.waits_for == "owner"


def act(store: Store, number: int, action: ConversationAction, now) -> None:
    store.cases.act(BRAND, number, action, person=OWNER, note="", now=now)
