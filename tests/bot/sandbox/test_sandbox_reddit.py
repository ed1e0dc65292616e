"""The Reddit side, read by the real PRAW client."""

from __future__ import annotations

from datetime import timedelta

import pytest
from prawcore.exceptions import NotFound, OAuthException, ResponseException
from sandbox_clients import Open, reddit_client

from bot.sandbox import Delete, Edit, Publish, Remove, replies, story_of, timeline
from bot.sandbox.synthetic import BRAND, CUSTOMER, EPOCH, SUBREDDIT

LATER = EPOCH + timedelta(hours=2)


def submission(ref: str, minute: int, author: str = BRAND, text: str = "Words") -> Publish:
    return Publish(
        ref=ref,
        at=EPOCH + timedelta(minutes=minute),
        platform="reddit",
        author=author,
        text=text,
        title=f"About {ref}",
        subreddit=SUBREDDIT,
    )


def comment(ref: str, minute: int, to: str, author: str = CUSTOMER, text: str = "Words") -> Publish:
    at = EPOCH + timedelta(minutes=minute)
    return Publish(ref=ref, at=at, platform="reddit", author=author, text=text, parent=to)


def test_three_grants_let_in(open_box: Open) -> None:
    box = open_box(submission("s", 0))
    refresh = box.fake("reddit").keys.refresh_token
    by_password = reddit_client(box)
    by_refresh = reddit_client(box, username=None, password=None, refresh_token=refresh)
    by_app = reddit_client(box, username=None, password=None)
    assert by_password.user.me().name == BRAND
    assert by_refresh.user.me().name == BRAND
    assert [s.title for s in by_app.subreddit(SUBREDDIT).new()] == ["About s"]


def test_wrong_keys_are_refused(open_box: Open) -> None:
    box = open_box()
    with pytest.raises(OAuthException, match="invalid_grant"):
        reddit_client(box, password="wrong").user.me()
    with pytest.raises(ResponseException) as refused:
        reddit_client(box, client_secret="wrong").user.me()
    assert refused.value.response.status_code == 401


def test_submissions_page_to_the_end_of_a_thousand(open_box: Open) -> None:
    box = open_box(*timeline(1_050, platform="reddit"))
    found = list(reddit_client(box).redditor(BRAND).submissions.new(limit=None))
    assert len(found) == 1_000
    assert [s.fullname for s in found[:2]] == [box.external_id("p1049"), box.external_id("p1048")]
    assert len({s.id for s in found}) == 1_000
    assert box.meter.requests("reddit", f"/user/{BRAND}/submitted") == 10


def test_comments_carry_their_place(open_box: Open) -> None:
    box = open_box(submission("s", 0, CUSTOMER), comment("c", 1, "s", BRAND, "Hello & welcome"))
    (found,) = reddit_client(box).redditor(BRAND).comments.new()
    assert (found.body, found.parent_id, found.link_id) == ("Hello & welcome", *[box.external_id("s")] * 2)
    assert found.created_utc == (EPOCH + timedelta(minutes=1)).timestamp()
    assert found.edited is False
    assert found.subreddit.display_name == SUBREDDIT
    assert found.permalink.endswith(f"/{found.id}/")


def test_inbox_sorts_replies_and_mentions(open_box: Open) -> None:
    box = open_box(
        submission("s", 0),
        comment("reply", 1, "s"),
        comment("own", 2, "reply", BRAND),
        comment("deeper", 3, "own"),
        submission("elsewhere", 4, CUSTOMER),
        comment("named", 5, "elsewhere", text="Ask u/ExampleBrand about it"),
        comment("unnamed", 6, "elsewhere", text="Ask u/examplebrander about it"),
    )
    inbox = reddit_client(box).inbox
    assert [c.fullname for c in inbox.submission_replies()] == [box.external_id("reply")]
    assert [c.fullname for c in inbox.comment_replies()] == [box.external_id("deeper")]
    assert [c.fullname for c in inbox.mentions()] == [box.external_id("named")]
    (mention,) = inbox.mentions()
    assert (mention.author.name, mention.type, mention.dest) == (CUSTOMER, "username_mention", BRAND)


def test_whole_subreddit(open_box: Open) -> None:
    box = open_box(submission("s", 0, CUSTOMER), comment("c1", 1, "s"), comment("c2", 2, "c1"))
    place = reddit_client(box).subreddit(SUBREDDIT)
    assert [c.fullname for c in place.comments(limit=None)] == [box.external_id("c2"), box.external_id("c1")]
    assert place.id == reddit_client(box).subreddit(SUBREDDIT.upper()).id


def test_an_edit_keeps_the_id_and_says_when(open_box: Open) -> None:
    told = story_of(submission("s", 0)).with_events(Edit(ref="s", at=LATER, text="Other words"))
    box = open_box(story=told, at=EPOCH)
    reddit = reddit_client(box)
    (before,) = reddit.info(fullnames=[box.external_id("s")])
    box.clock.set(LATER)
    (after,) = reddit.info(fullnames=[box.external_id("s")])
    assert (before.selftext, before.edited) == ("Words", False)
    assert (after.selftext, after.edited) == ("Other words", LATER.timestamp())


def test_deleted_and_removed_leave_their_marks(open_box: Open) -> None:
    posts = [submission("s", 0, CUSTOMER), submission("gone", 1), submission("taken", 2)]
    posts += [comment("c", 3, "s", BRAND), comment("d", 4, "s", BRAND), comment("below", 5, "c")]
    told = story_of(*posts).with_events(
        Delete(ref="gone", at=LATER),
        Delete(ref="c", at=LATER),
        Remove(ref="taken", at=LATER),
        Remove(ref="d", at=LATER),
    )
    box = open_box(story=told)
    reddit = reddit_client(box)
    names = [box.external_id(ref) for ref in ("gone", "taken", "c", "d")]
    gone, taken, deleted, removed = reddit.info(fullnames=names)
    assert (gone.author, gone.selftext, gone.removed_by_category) == (None, "[deleted]", "deleted")
    assert (taken.author.name, taken.selftext, taken.removed_by_category) == (BRAND, "[removed]", "moderator")
    assert (deleted.author, deleted.body) == (None, "[deleted]")
    assert (removed.author, removed.body) == (None, "[removed]")
    assert list(reddit.redditor(BRAND).comments.new()) == []
    thread = reddit.submission(box.external_id("s")[3:])
    assert [c.body for c in thread.comments.list()] == ["[deleted]", "Words"]


def test_unknown_things_and_people(open_box: Open) -> None:
    reddit = reddit_client(open_box())
    assert list(reddit.info(fullnames=["t3_zzzzzz"])) == []
    with pytest.raises(NotFound):
        list(reddit.redditor("nobodyhere").comments.new())
    with pytest.raises(NotFound):
        reddit.submission("zzzzzz").title  # noqa: B018


def test_wide_threads_unfold_through_more(open_box: Open) -> None:
    root = submission("s", 0)
    box = open_box(root, *replies(730, to=root, every=timedelta(seconds=1)))
    thread = reddit_client(box).submission(box.external_id("s")[3:])
    assert thread.num_comments == 730
    assert thread.comments.replace_more(limit=None) == []
    assert len({c.id for c in thread.comments.list()}) == 730


def test_deep_threads_unfold_through_continue(open_box: Open) -> None:
    chain = [comment("c0", 1, "s"), *(comment(f"c{n}", n + 1, f"c{n - 1}") for n in range(1, 25))]
    box = open_box(submission("s", 0), *chain)
    thread = reddit_client(box).submission(box.external_id("s")[3:])
    thread.comments.replace_more(limit=None)
    assert [c.fullname for c in thread.comments.list()] == [box.external_id(f"c{n}") for n in range(25)]


def test_a_comment_refreshes_its_answers(open_box: Open) -> None:
    box = open_box(submission("s", 0), comment("c", 1, "s"), comment("below", 2, "c", BRAND))
    found = reddit_client(box).comment(box.external_id("c")[3:])
    found.refresh()
    assert [reply.fullname for reply in found.replies] == [box.external_id("below")]


def test_before_is_empty_when_its_anchor_is_gone(open_box: Open) -> None:
    told = story_of(*timeline(5, platform="reddit")).with_events(Delete(ref="p1", at=LATER))
    box = open_box(story=told, at=EPOCH + timedelta(hours=1))
    anchor = {"before": box.external_id("p1")}
    reddit = reddit_client(box)
    newer = [s.fullname for s in reddit.redditor(BRAND).submissions.new(params=anchor)]
    assert newer == [box.external_id(f"p{n}") for n in (4, 3, 2)]
    box.clock.set(LATER)
    assert list(reddit.redditor(BRAND).submissions.new(params=anchor)) == []


def test_limit_headers_reach_praw(open_box: Open) -> None:
    reddit = reddit_client(open_box(submission("s", 0)))
    list(reddit.subreddit(SUBREDDIT).new())
    assert reddit.auth.limits["used"] == 1
    assert reddit.auth.limits["remaining"] == 999
