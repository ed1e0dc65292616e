"""Pages, revisions, deletions, cursors, money and health."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import StatementError
from store_values import ACCOUNT, AGENCY, BRAND, NOW, OWN, X, at, finding, flagged, judgement, key, post, save

from policies.model.cases.flagged import FlaggedAction, FlaggedState
from policies.model.coverage import Unchecked, Why
from policies.model.keys import AccountKey, StreamKey, ThreadKey
from policies.model.post import Direction, Media
from storage.errors import AccountTaken, UnknownBrand
from storage.store import Store
from storage.views import Charge


def stored(store: Store) -> list:
    return store.posts.unjudged(BRAND, limit=10_000)


def test_a_post_comes_back_equal(store: Store) -> None:
    whole = post(
        1,
        "a\x00b\ud83d \x10 \u202e👩‍🍳 \x10ffff",
        author_name="N\udfffame",
        parent_id="0",
        thread_id="0",
        lang="en",
        permalink="https://x.com/1",
        media=(Media(kind="image", url="https://x/1.png", alt_text=None), Media(kind="link")),
        source="tool\x00",
        version_id="1b",
        raw={"n": [1, None, "\ud800\x00"]},
    )
    save(store, whole)
    (back,) = stored(store)
    assert back.post == whole
    assert back.post.raw == whole.raw
    assert (back.revision, back.first_seen_at, back.brand) == (1, NOW, BRAND)


def test_the_same_page_again_changes_nothing(store: Store) -> None:
    page = [post(n) for n in range(5)]
    assert save(store, *page).new == tuple(p.key for p in page)
    again = save(store, *page, now=at(5))
    assert (again.new, again.revised, again.deleted, again.unchanged) == ((), (), (), 5)
    assert {one.first_seen_at for one in stored(store)} == {NOW}


def test_an_edit_is_a_new_revision_and_the_old_text_stays(store: Store) -> None:
    number = flagged(store, 1)
    edited = post(1, "mended", edited_at=at(3))
    assert save(store, edited, now=at(4)).revised == (key(1),)
    view = store.cases.get(BRAND, number)
    assert [(r.number, r.text, r.seen_at, r.edited_at) for r in view.revisions] == [
        (1, "guaranteed 1", NOW, None),
        (2, "mended", at(4), at(3)),
    ]
    assert view.post.text == "mended"
    assert store.audit.find(BRAND)[0].action == "post edited"


def test_changed_media_are_a_new_revision(store: Store) -> None:
    save(store, post(1))
    assert save(store, post(1, media=(Media(kind="image", alt_text="Bread"),))).revised == (key(1),)


def test_going_back_to_the_first_text_is_a_third_revision(store: Store) -> None:
    for text in ("one", "two", "one"):
        save(store, post(1, text))
    (back,) = stored(store)
    assert (back.revision, back.post.text) == (3, "one")


def test_a_late_page_does_not_undo_an_edit(store: Store) -> None:
    save(store, post(1, "first"))
    save(store, post(1, "third", edited_at=at(9)))
    assert save(store, post(1, "first")).unchanged == 1
    assert save(store, post(1, "second", edited_at=at(5))).unchanged == 1
    (back,) = stored(store)
    assert back.post.text == "third"
    number = store.judgements.record(BRAND, [judgement(1, finding(1), revision=2)], now=NOW).opened[0]
    assert [r.text for r in store.cases.get(BRAND, number).revisions] == ["first", "third", "second"]
    save(store, post(1, "fourth", edited_at=at(10)))
    assert stored(store)[0].revision == 4


def test_one_page_may_hold_a_post_twice(store: Store) -> None:
    saved = save(store, post(1, "a"), post(2), post(1, "b"), post(1, "b"))
    assert (saved.new, saved.revised, saved.unchanged) == ((key(1), key(2)), (key(1),), 1)


def test_a_deleted_post_keeps_its_text(store: Store) -> None:
    save(store, post(1, "kept"))
    assert save(store, post(1, "[removed]", deleted_at=at(2))).deleted == (key(1),)
    assert save(store, post(1, "", deleted_at=at(3))).unchanged == 1
    (back,) = stored(store)
    assert (back.post.text, back.post.deleted_at, back.revision) == ("kept", at(2), 1)
    assert store.audit.find(BRAND)[0].subject == f"{BRAND}/post/{key(1)}"


@pytest.mark.parametrize("way", ["page", "mark"])
def test_a_deletion_closes_the_case_as_fixed(store: Store, way: str) -> None:
    number = flagged(store, 1)
    if way == "page":
        save(store, post(1, "", deleted_at=at(2)), now=at(2))
    else:
        assert store.posts.mark_deleted([key(1), key(99)], now=at(2)) == 1
        assert store.posts.mark_deleted([key(1)], now=at(3)) == 0
    view = store.cases.get(BRAND, number)
    assert view.case.closed
    assert [(e.action, e.actor, e.at) for e in view.case.events] == [
        (FlaggedAction.FIX_SEEN, "machine", at(2))
    ]
    assert [f.gone_at for f in view.findings] == [at(2)]


@pytest.mark.fault(2)
def test_the_cursor_moves_with_its_page_only(store: Store) -> None:
    assert store.streams.cursor(OWN) is None
    save(store, post(1), cursor={"since_id": "1"})
    save(store, post(2))
    assert store.streams.cursor(OWN) == {"since_id": "1"}
    with pytest.raises(StatementError):
        save(store, post(3), post(4, raw={"not": {"json"}}), cursor={"since_id": "4"})
    assert store.streams.cursor(OWN) == {"since_id": "1"}
    assert store.posts.known(X, ["1", "2", "3"]) == {"1", "2"}


def test_an_unknown_brand_names_the_known_ones(store: Store) -> None:
    stream = StreamKey(account=AccountKey(platform="x", handle="a"), stream="own")
    with pytest.raises(UnknownBrand, match="crumb"):
        store.posts.save("nobody", stream, [], cursor={}, now=NOW)
    assert store.streams.cursor(stream) is None


def test_an_account_belongs_to_one_brand(store: Store) -> None:
    with pytest.raises(AccountTaken, match="crumb"):
        store.brands.sync("rival", accounts=[X], people=[], now=NOW)
    assert store.brands.names() == [BRAND]


def test_money_is_counted_once_per_day(store: Store) -> None:
    paid = [Charge(resource="post", id=str(n), micro_dollars=5000) for n in range(3)]
    save(store, charges=paid)
    save(store, charges=paid, now=at(60))
    save(store, charges=[*paid, Charge(resource="user", id="0", micro_dollars=10_000)], now=at(24 * 60))
    spent = store.streams.spent(X, "2026-11")
    assert (spent.micro_dollars, spent.reads) == (6 * 5000 + 10_000, 7)
    assert store.streams.spent(X, "2026-12").reads == 0
    assert store.streams.charged_today("x", "post", ["0", "2", "9"], now=NOW) == {"0", "2"}
    assert store.streams.charged_today("x", "post", ["0"], now=at(3 * 24 * 60)) == set()


def test_health_keeps_when_the_failing_began(store: Store) -> None:
    store.streams.ended(OWN, now=NOW)
    store.streams.ended(OWN, now=at(1), error="503")
    store.streams.ended(OWN, now=at(2), error="timeout")
    store.streams.ended(StreamKey(account=X, stream="mentions"), now=at(2), error="401")
    mentions, own = store.streams.health(BRAND)
    assert (own.complete_at, own.failing_since, own.error) == (NOW, at(1), "timeout")
    assert (mentions.complete_at, mentions.failing_since, mentions.error) == (None, at(2), "401")
    store.streams.ended(OWN, now=at(3))
    assert store.streams.health(BRAND)[1].failing_since is None
    said = {"site": "X", "said": "503", "mend": "again"}
    store.streams.ended(OWN, now=at(40), error="X is in trouble (503).", code="in-trouble", parts=said)
    assert (store.streams.health(BRAND)[1].code, store.streams.health(BRAND)[1].parts) == ("in-trouble", said)
    store.streams.ended(OWN, now=at(41))
    assert (store.streams.health(BRAND)[1].code, store.streams.health(BRAND)[1].parts) == ("", {})


def ids(found: list) -> list[str]:
    return [one.post.key.external_id for one in found]


def test_a_post_is_looked_at_again_when_it_reaches_an_age(store: Store) -> None:
    save(store, *(post(n) for n in range(3)), now=at(1))
    save(store, post("old", created_at=NOW - timedelta(days=9)), now=at(1))
    store.posts.mark_deleted([key(2)], now=at(1))

    def grown(minute: float) -> list[str]:
        age = timedelta(hours=1)
        return ids(store.looks.grown_to(BRAND, X, age=age, now=at(minute), limit=9))

    assert grown(59) == []
    assert grown(61) == ["0", "1"]
    store.looks.done([key(0)], now=at(59))
    assert grown(61) == ["0", "1"]
    store.looks.done([key(0)], now=at(61))
    assert grown(62) == ["1"]


def test_a_post_is_looked_at_again_on_the_day_it_was_first_seen(store: Store) -> None:
    save(store, post(1), post(2), now=at(5))

    def fresh(since: float, before: float = 9) -> list[str]:
        seen = {"since": at(since), "created_before": at(before), "unseen_since": at(5), "limit": 9}
        return ids(store.looks.first_seen_since(BRAND, X, **seen))

    assert fresh(5) == ["1", "2"]
    assert fresh(6) == []
    assert fresh(5, before=0) == []
    store.looks.done([key(1)], now=at(6))
    assert fresh(5) == ["2"]


def test_posts_with_an_open_case_are_watched_until_it_is_settled(store: Store) -> None:
    number, other = flagged(store, 1), flagged(store, 2)
    store.looks.done([key(1)], now=at(1))
    store.cases.act(BRAND, number, FlaggedAction.CLAIM_FIX, person=AGENCY, note="", now=at(2))
    first, second = store.looks.flagged(BRAND, X, limit=9)
    assert (first.case, first.claimed, first.since, first.looked_at) == (number, True, at(2), at(1))
    assert (second.case, second.claimed, second.looked_at) == (other, False, None)
    assert store.looks.still_there([number, other], now=at(3)) == [number]
    assert store.cases.get(BRAND, number).case.state is FlaggedState.UNMENDED
    assert store.looks.still_there([number], now=at(4)) == []
    store.posts.mark_deleted([key(1)], now=at(5))
    assert [one.case for one in store.looks.flagged(BRAND, X, limit=9)] == [other]


def test_who_wants_to_know_how_a_post_stands_is_remembered_until_somebody_looked(store: Store) -> None:
    save(store, post(1), post(2))
    store.looks.ask(key(1), now=at(1))
    store.looks.ask(key(1), now=at(2))
    assert ids(store.looks.asked(BRAND, X, limit=9)) == ["1"]
    store.looks.done([key(1)], now=at(3))
    assert store.looks.asked(BRAND, X, limit=9) == []


def test_notes_of_the_same_kind_are_one_line(store: Store) -> None:
    gap = Unchecked(why=Why.GAP, platform="x", account=ACCOUNT, detail="Gap.", since=NOW, until=at(5))
    text = Unchecked(
        why=Why.LANGUAGE,
        platform="x",
        account=ACCOUNT,
        code="language",
        parts={"language": "th", "a": 1},
        count=2,
    )
    save(store, unchecked=[gap, text])
    save(store, unchecked=[replace(gap, since=at(5), until=at(9)), text], now=at(3))
    assert store.periods.unchecked(BRAND, since=NOW, until=at(10)) == [
        replace(gap, until=at(9)),
        replace(text, count=4),
    ]
    assert store.periods.unchecked(BRAND, since=at(3), until=at(10))[1].count == 2
    assert store.periods.unchecked(BRAND, since=at(4), until=at(10)) == []


def test_a_thread_is_in_order(store: Store) -> None:
    replies = [
        post(n, thread_id="1", parent_id="1", direction=Direction.INBOUND, author=f"c{n}") for n in (3, 2)
    ]
    save(store, *replies, post(1), post(7))
    thread = store.posts.thread(ThreadKey(account=X, thread_id="1"))
    assert thread is not None
    assert [p.key.external_id for p in thread.posts] == ["1", "2", "3"]
    assert store.posts.thread(ThreadKey(account=X, thread_id="nothing")) is None


def test_history_is_what_the_account_published_in_time_and_the_last_post_before(store: Store) -> None:
    said = [post(n * 60, f"post {n}") for n in range(5)]
    asked = post("asked", direction=Direction.INBOUND, created_at=at(2.5))
    save(store, *said, asked)
    elsewhere = AccountKey(platform="x", handle="another")
    other = replace(post(200), key=replace(key(200), account="another"))
    store.posts.save(BRAND, StreamKey(account=elsewhere, stream="own"), [other], cursor=None, now=NOW)
    found = store.posts.history(X, since=at(2), until=at(3))
    assert [one.text for one in found] == ["post 1", "post 2", "post 3"]
    assert store.posts.history(X, since=at(-5), until=at(-1)) == []
    assert [one.key for one in store.posts.history(elsewhere, since=at(0), until=at(9))] == [other.key]
    assert store.posts.history(AccountKey(platform="x", handle="unknown"), since=NOW, until=at(9)) == []


def test_a_time_that_cannot_be_is_kept_as_it_was_told(store: Store) -> None:
    save(store, post(1), post(2, told_at="0000-00-00 25:61"))
    kept = [store.posts.get(key(number)) for number in (1, 2)]
    assert [one.post.told_at for one in kept if one] == [None, "0000-00-00 25:61"]
