"""Reddit's listings, its limits and what is gone, through PRAW."""

from __future__ import annotations

import pytest
import responses
from reddit_stage import ACCOUNT, COMMENTS, NOW, Unlimited, comment, connector, listing, names, pull

from bot.connectors.reddit.cursor import REMEMBERED
from bot.errors import AccountUnreachable
from bot.ports import AccountRef
from policies.model.coverage import Why
from policies.model.keys import PostKey
from policies.model.post import Direction, Kind, Post

INFO = "https://oauth.reddit.com/api/info/"


def test_reads_down_to_a_page_with_something_known(net: responses.RequestsMock) -> None:
    net.get(COMMENTS, json=listing(*map(comment, (3, 2, 1))))
    (first,) = pull()
    assert names([first]) == ["t1_00003", "t1_00002", "t1_00001"]
    net.replace("GET", COMMENTS, json=listing(*map(comment, (5, 4, 3)), after="t1_00003"))
    before = len(net.calls)
    (second,) = pull(first.cursor)
    assert names([second]) == ["t1_00005", "t1_00004"]
    assert len(net.calls) - before == 2  # a token and one page


def test_goes_on_past_pages_of_new_things(net: responses.RequestsMock) -> None:
    net.get(COMMENTS, json=listing(comment(1)))
    (first,) = pull()
    net.remove("GET", COMMENTS)
    net.get(COMMENTS, json=listing(comment(9), comment(8), after="t1_00008"))
    net.get(COMMENTS, json=listing(comment(7), comment(1), after="t1_00001"))
    pages = pull(first.cursor)
    assert names(pages) == ["t1_00009", "t1_00008", "t1_00007"]
    assert pages[0].cursor == first.cursor  # moves with the last page only


def test_a_deleted_anchor_does_not_hide_what_is_new(net: responses.RequestsMock) -> None:
    net.get(COMMENTS, json=listing(*map(comment, (3, 2, 1))))
    (first,) = pull()
    net.replace("GET", COMMENTS, json=listing(*map(comment, (4, 2, 1)), after="t1_00001"))
    assert names(pull(first.cursor)) == ["t1_00004"]


def test_one_let_in_late_below_known_ones_is_found(net: responses.RequestsMock) -> None:
    net.get(COMMENTS, json=listing(comment(3), comment(1)))
    (first,) = pull()
    net.replace("GET", COMMENTS, json=listing(*map(comment, (3, 2, 1))))
    assert names(pull(first.cursor)) == ["t1_00002"]


def test_edits_and_removals_on_a_known_page_are_seen(net: responses.RequestsMock) -> None:
    net.get(COMMENTS, json=listing(*map(comment, (3, 2, 1))))
    (first,) = pull()
    edited = comment(2, body="other words", edited=NOW.timestamp())
    removed = comment(1, body="[removed]", author=None)
    net.replace("GET", COMMENTS, json=listing(comment(3), edited, removed))
    (second,) = pull(first.cursor)
    assert [(p.text, p.edited_at, p.deleted_at) for p in second.posts] == [
        ("other words", NOW, None),
        ("[removed]", None, NOW),
    ]
    assert pull(second.cursor) == []


def test_what_was_gone_before_we_saw_it_is_no_post(net: responses.RequestsMock) -> None:
    net.get(COMMENTS, json=listing(comment(2), comment(1, body="[deleted]", author=None)))
    assert names(pull()) == ["t1_00002"]


def test_a_list_that_turns_empty_is_said_once(net: responses.RequestsMock) -> None:
    net.get(COMMENTS, json=listing(comment(2), comment(1)))
    (first,) = pull()
    net.replace("GET", COMMENTS, json=listing())
    (second,) = pull(first.cursor)
    assert [(n.why, n.count) for n in second.unchecked] == [(Why.UNREACHABLE, 2)]
    assert pull(second.cursor) == []


def test_the_first_pull_goes_back_as_far_as_asked_and_stays_there(net: responses.RequestsMock) -> None:
    account = AccountRef(brand="b", platform="reddit", handle="examplebrand", options={"first_days": 2})
    old = comment(0, created_utc=NOW.timestamp() - 3 * 86400)
    net.get(COMMENTS, json=listing(comment(2), old, after="t1_00000"))
    pages = pull(account=account)
    assert names(pages) == ["t1_00002"]
    assert pull(pages[-1].cursor, account) == []


def test_one_unreadable_thing_does_not_cost_the_others(net: responses.RequestsMock) -> None:
    net.get(COMMENTS, json=listing(comment(2), None, {"kind": "t1"}, comment(1, body=None), comment(0)))
    (page,) = pull()
    assert names([page]) == ["t1_00002", "t1_00000"]
    assert [(n.why, n.count) for n in page.unchecked] == [(Why.UNREADABLE, 3)]


def test_the_cursor_stays_small(net: responses.RequestsMock) -> None:
    for top in range(900, 0, -100):
        page = [comment(n) for n in range(top, top - 100, -1)]
        net.get(COMMENTS, json=listing(*page, after=page[-1]["data"]["name"] if top > 100 else None))
    pages = pull()
    assert len(names(pages)) == 900
    assert len(pages[-1].cursor["comments"]["known"]) == REMEMBERED


def test_a_circle_of_pages_ends_in_an_error(net: responses.RequestsMock) -> None:
    net.get(COMMENTS, json=listing(comment(9), after="a"))
    net.get(COMMENTS, json=listing(comment(8), after="b"))
    net.get(COMMENTS, json=listing(comment(7), after="a"))
    with pytest.raises(AccountUnreachable, match="circle"):
        pull()


def test_both_inboxes_of_replies_keep_their_own_place(net: responses.RequestsMock) -> None:
    net.get("https://oauth.reddit.com/message/comments/", json=listing(comment(2, author="a")))
    net.get("https://oauth.reddit.com/message/selfreply/", json=listing(comment(1, author="b")))
    reads = connector()
    pages = list(reads.pull(ACCOUNT, "replies", None, Unlimited(), NOW))
    assert names(pages) == ["t1_00002", "t1_00001"]
    assert {p.direction for page in pages for p in page.posts} == {Direction.INBOUND}
    assert list(reads.pull(ACCOUNT, "replies", pages[-1].cursor, Unlimited(), NOW)) == []
    half = list(reads.pull(ACCOUNT, "replies", pages[0].cursor, Unlimited(), NOW))
    assert names(half) == ["t1_00001"]


def test_streams() -> None:
    with_communities = AccountRef(
        brand="b", platform="reddit", handle="e", options={"subreddits": ("cakes",)}
    )
    assert connector().streams(with_communities) == (
        "comments",
        "submissions",
        "replies",
        "mentions",
        "subreddit:cakes",
    )
    assert connector(refresh_token=None).streams(ACCOUNT) == ("comments", "submissions")
    assert "mentions" in connector(refresh_token=None, username="u", password="p").streams(ACCOUNT)


# looking again


def known(number: int) -> Post:
    return Post(
        key=PostKey(platform="reddit", account="examplebrand", external_id=f"t1_{number:05d}"),
        thread_id="t3_x",
        parent_id="t3_x",
        direction=Direction.OUTBOUND,
        kind=Kind.COMMENT,
        author="examplebrand",
        created_at=NOW,
        text="as it was",
    )


def test_a_second_look_tells_edited_gone_and_not_shown_apart(net: responses.RequestsMock) -> None:
    edited = comment(1, body="other words", edited=NOW.timestamp())
    things = [
        edited,
        comment(2, body="[deleted]", author=None),
        comment(3, body="[removed]", author=None),
        comment(77),
    ]
    net.get(INFO, json=listing(*things))
    look = connector().look_again(ACCOUNT, [known(n) for n in (1, 2, 3, 4)], Unlimited(), NOW)
    assert [(p.key.external_id, p.text) for p in look.posts] == [("t1_00001", "other words")]
    assert [key.external_id for key in look.gone] == ["t1_00002", "t1_00003"]
    assert [(n.why, n.count) for n in look.unchecked] == [(Why.UNREADABLE, 1)]
    assert len(look.answered) == 4


def test_a_second_look_goes_by_hundreds_and_keeps_what_it_learned(net: responses.RequestsMock) -> None:
    net.get(INFO, json=listing(*(comment(n) for n in range(100))))
    net.get(INFO, status=503)
    look = connector().look_again(ACCOUNT, [known(n) for n in range(150)], Unlimited(), NOW)
    assert len(look.answered) == len(look.posts) == 100
    net.remove("GET", INFO)
    net.get(INFO, status=503)
    with pytest.raises(AccountUnreachable):
        connector().look_again(ACCOUNT, [known(1)], Unlimited(), NOW)
