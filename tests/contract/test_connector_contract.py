"""What every connector owes the jobs, tried against the sandbox's servers on loopback."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest
from contract_bench import SHORT, Bench, Unlimited, bench, stage_of

from bot.connectors import SITES, site_of
from bot.connectors.shared.limits import Limits
from bot.errors import AccountUnreachable, RateLimited, TokenDead
from bot.ports import Page
from bot.sandbox import Delete, Edit, FaultKind, Publish, timeline
from bot.sandbox.synthetic import BRAND, CUSTOMER, EPOCH
from policies.model.coverage import Why
from policies.model.post import Direction, Post

MADE_UP = "guestbook"


@pytest.fixture(params=[*SITES, MADE_UP])
def platform(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each platform of the table, and one that only the tests have."""
    found: str = request.param
    monkeypatch.setitem(SITES, found, SITES.get(found, found))
    return found


def drained(
    pages: Iterator[Page], into: dict[str, Post] | None = None
) -> tuple[list[Post], dict[str, Any] | None]:
    """All posts of a pull, and its last cursor as it comes back from the store."""
    posts, cursor = [], None
    for page in pages:
        posts.extend(page.posts)
        cursor = json.loads(json.dumps(page.cursor))
        if into is not None:
            into.update({p.key.external_id: p for p in page.posts})
    return posts, cursor


def persisted(bench: Bench, cursor: Mapping[str, Any] | None = None, tries: int = 4) -> list[Post]:
    """Pull like the job does: what was yielded before an error is kept, then again from its cursor."""
    kept: list[Post] = []
    for _ in range(tries):
        try:
            for page in bench.pull(cursor):
                kept.extend(page.posts)
                cursor = json.loads(json.dumps(page.cursor))
        except AccountUnreachable as error:
            if error.permanent:
                raise
            continue
        return kept
    raise AssertionError("the pull never came to an end")


def ids(posts: Sequence[Post]) -> list[str]:
    return sorted(post.key.external_id for post in posts)


def served(bench: Bench, count: int) -> list[str]:
    return sorted(bench.box.external_id(f"p{n}") for n in range(count))


def test_the_table_names_folders_that_know_their_site(platform: str) -> None:
    assert platform in SITES
    assert site_of(platform).name == platform
    with bench(platform) as b:
        assert b.connector().platform == platform


def test_pulls_each_post_once(platform: str) -> None:
    with bench(platform, count=250) as b:
        posts, _ = drained(b.pull())
        assert ids(posts) == served(b, 250)
        assert {p.direction for p in posts} == {Direction.OUTBOUND}
        assert {p.author for p in posts} == {BRAND}
        assert {(p.key.platform, p.key.account) for p in posts} == {(platform, BRAND)}
        assert all(p.created_at.tzinfo is not None and p.permalink for p in posts)


def test_no_page_where_nothing_is_new(platform: str) -> None:
    with bench(platform, count=30) as b:
        _, cursor = drained(b.pull())
        assert list(b.pull(cursor)) == []


def test_only_what_is_new_comes_next_time(platform: str) -> None:
    with bench(platform, count=150, clock=EPOCH + timedelta(minutes=99, seconds=30)) as b:
        first, cursor = drained(b.pull())
        b.box.clock.advance(timedelta(days=1))
        second, _ = drained(b.pull(cursor))
        assert (len(first), len(second)) == (100, 50)
        assert ids(first + second) == served(b, 150)


def test_an_empty_account_is_quiet(platform: str) -> None:
    with bench(platform) as b:
        pages = list(b.pull())
        assert [p.posts for p in pages if p.posts or p.unchecked] == []


@pytest.mark.parametrize("lost", [0, 1], ids=["after a page", "between a page and its cursor"])
@pytest.mark.fault(2)
def test_killed_at_any_page_nothing_is_lost(platform: str, lost: int) -> None:
    """The cursor is never ahead of the data: what was fetched and not stored comes again."""
    with bench(platform, count=320) as b:
        for stop in range(len(list(b.pull()))):
            known: dict[str, Post] = {}
            pull = b.pull()
            _, cursor = drained(islice(pull, stop), known)
            drained(islice(pull, lost))
            pull.close()
            drained(b.pull(cursor), known)
            assert sorted(known) == served(b, 320)


def test_what_people_say_is_inbound(platform: str) -> None:
    opener = replace(timeline(1, platform=platform)[0], ref="o")
    said = Publish(
        ref="m",
        at=EPOCH + timedelta(minutes=5),
        platform=platform,
        author=CUSTOMER,
        text=stage_of(platform).mention,
        parent="o2",
    )
    other = replace(opener, ref="o2", author="stranger", at=EPOCH + timedelta(minutes=2))
    with bench(platform, opener, other, said) as b:
        posts, _ = drained(b.pull(stream=b.stage.inbound))
        (post,) = [p for p in posts if p.key.external_id == b.box.external_id("m")]
        assert post.direction is Direction.INBOUND
        assert post.parent_id == b.box.external_id("o2")
        assert post.thread_id == b.box.external_id("o2")


def test_an_edit_and_a_deletion_are_seen_later(platform: str) -> None:
    edit = Edit(ref="p1", at=EPOCH + timedelta(minutes=20), text="Other words")
    delete = Delete(ref="p2", at=EPOCH + timedelta(minutes=20))
    with bench(platform, edit, delete, count=4, clock=EPOCH + timedelta(minutes=10)) as b:
        posts, _ = drained(b.pull())
        assert len(posts) == 4
        b.box.clock.advance(timedelta(hours=2))
        look = b.connector().look_again(b.account, posts, Unlimited(), b.now)
        now_texts = {p.key: p for p in look.posts}
        changed = next(p for p in posts if p.key.external_id == b.box.external_id("p1"))
        assert "Other words" in now_texts[changed.key].text
        assert now_texts[changed.key].edited_at == EPOCH + timedelta(minutes=20)
        assert [key.external_id for key in look.gone] == [b.box.external_id("p2")]
        assert sorted(look.answered) == sorted(p.key for p in posts)
        assert len(look.posts) == 3


def test_edited_between_two_pulls_keeps_its_identity(platform: str) -> None:
    edit = Edit(ref="p2", at=EPOCH + timedelta(minutes=20), text="Second thoughts")
    with bench(platform, edit, count=4, clock=EPOCH + timedelta(minutes=10)) as b:
        before, cursor = drained(b.pull())
        b.box.clock.advance(timedelta(hours=2))
        after, _ = drained(b.pull(cursor))
        (post,) = after
        assert post.key in {p.key for p in before}
        assert "Second thoughts" in post.text
        assert post.created_at == EPOCH + timedelta(minutes=2)
        assert post.edited_at == EPOCH + timedelta(minutes=20)


@pytest.mark.fault(17)
def test_edited_and_deleted_between_two_pages(platform: str) -> None:
    """What stands further down changes while the first page is being stored."""
    edit = Edit(ref="p120", at=EPOCH + timedelta(minutes=145), text="Second thoughts")
    delete = Delete(ref="p5", at=EPOCH + timedelta(minutes=145))
    with bench(platform, edit, delete, count=140, clock=EPOCH + timedelta(minutes=141)) as b:
        b.fault(FaultKind.TURN_CLOCK, path_prefix=b.own_lists, after=1, seconds=3600)
        known: dict[str, Post] = {}
        revisions: list[Post] = []
        cursor = None
        for page in b.pull():
            revisions.extend(page.posts)
            known.update({p.key.external_id: p for p in page.posts})
            cursor = json.loads(json.dumps(page.cursor))
        revisions.extend(drained(b.pull(cursor), known)[0])
        assert set(served(b, 140)) - set(known) <= {b.box.external_id("p5")}
        edited = [p.text for p in revisions if p.key.external_id == b.box.external_id("p120")]
        assert any("Second thoughts" in text for text in edited)
        assert any("Second thoughts" not in text for text in edited)


# faults


@pytest.mark.parametrize("kind", [FaultKind.UNAVAILABLE, FaultKind.CUT_JSON, FaultKind.DROP])
@pytest.mark.fault(17)
def test_trouble_is_said_and_passes(platform: str, kind: FaultKind) -> None:
    with bench(platform, count=120) as b:
        b.fault(kind)
        with pytest.raises(AccountUnreachable) as caught:
            list(b.pull())
        assert not caught.value.permanent
        assert ids(drained(b.pull())[0]) == served(b, 120)


@pytest.mark.parametrize(
    "kind", [FaultKind.UNAVAILABLE, FaultKind.CUT_JSON, FaultKind.DROP, FaultKind.RATE_LIMIT]
)
def test_trouble_in_the_middle_keeps_what_came_before(platform: str, kind: FaultKind) -> None:
    with bench(platform, count=250) as b:
        b.fault(kind, path_prefix=b.own_lists, after=1)
        known: dict[str, Post] = {}
        pull = b.pull()
        page = next(page for page in pull if page.posts)
        with pytest.raises((AccountUnreachable, RateLimited)):
            next(pull)
        known.update({p.key.external_id: p for p in page.posts})
        assert len(known) == 100
        drained(b.pull(json.loads(json.dumps(page.cursor))), known)
        assert sorted(known) == served(b, 250)


@pytest.mark.fault(15)
def test_a_rate_limit_says_when_it_ends_and_nobody_waits(platform: str) -> None:
    with bench(platform, count=10) as b:
        b.fault(FaultKind.RATE_LIMIT, seconds=900, times=None)
        connector = b.connector()
        with pytest.raises(RateLimited) as caught:
            list(connector.pull(b.account, b.own, None, Unlimited(), b.now))
        assert caught.value.reset_at == b.now + timedelta(seconds=900)
        assert b.box.clock.now() == b.now


def test_reddit_is_not_asked_before_the_limit_ends() -> None:
    with bench("reddit", count=10) as b:
        b.fault(FaultKind.RATE_LIMIT, seconds=600)
        connector = b.connector()
        with pytest.raises(RateLimited) as caught:
            list(connector.pull(b.account, b.own, None, Unlimited(), b.now))
        asked = b.requests()
        with pytest.raises(RateLimited):
            list(connector.pull(b.account, "comments", None, Unlimited(), b.now + timedelta(seconds=599)))
        assert b.requests() == asked
        posts, _ = drained(connector.pull(b.account, b.own, None, Unlimited(), caught.value.reset_at))
        assert len(posts) == 10


def test_a_rate_limit_without_an_end_gets_a_sensible_one(platform: str) -> None:
    with bench(platform, count=10) as b:
        b.fault(FaultKind.RATE_LIMIT_SILENT)
        with pytest.raises(RateLimited) as caught:
            list(b.pull())
        assert timedelta(minutes=1) <= caught.value.reset_at - b.now <= timedelta(hours=1)


def test_a_dead_token_is_said_with_the_mend(platform: str) -> None:
    with bench(platform, count=10) as b:
        for act in (
            lambda: list(b.pull(dead=True)),
            lambda: b.connector(dead=True).check_access(b.account),
        ):
            with pytest.raises(TokenDead) as caught:
                act()
            assert ".env" in caught.value.mend
            assert caught.value.permanent
            assert "wrong-secret" not in repr(caught.value) + str(caught.value)


def test_a_token_refused_in_the_middle(platform: str) -> None:
    with bench(platform, count=10) as b:
        b.fault(FaultKind.UNAUTHORIZED, times=None)
        with pytest.raises(TokenDead):
            list(b.pull())


@pytest.mark.fault(16)
def test_a_platform_that_never_answers_lets_us_go(platform: str) -> None:
    assert Limits().seconds <= 30
    with bench(platform, count=10) as b:
        b.fault(FaultKind.TIMEOUT, seconds=120, times=None)
        asked = b.requests()
        with pytest.raises(AccountUnreachable) as caught:
            list(b.pull(limits=SHORT))
        assert "in time" in str(caught.value)
        assert not caught.value.permanent
        assert b.requests() - asked <= 2  # no retry behind our back: one list, and Reddit's token


@pytest.mark.slow
@pytest.mark.fault(16)
def test_by_default_we_are_free_within_thirty_seconds(platform: str) -> None:
    with bench(platform, count=10) as b:
        b.fault(FaultKind.TIMEOUT, seconds=30, times=None)
        with pytest.raises(AccountUnreachable) as caught:
            list(b.pull())
        # Had we waited to the end, the server would have hung up by itself.
        assert "in time" in str(caught.value)


@pytest.mark.parametrize("kind", [FaultKind.REPEAT_PAGE, FaultKind.REORDER_PAGE])
@pytest.mark.fault(17)
def test_repeated_and_shuffled_pages_neither_loop_nor_lose(platform: str, kind: FaultKind) -> None:
    with bench(platform, count=320) as b:
        b.fault(kind, after=1, times=2)
        assert set(served(b, 320)) <= set(ids(persisted(b)))


@pytest.mark.fault(17)
def test_a_page_that_repeats_for_ever_does_not_loop(platform: str) -> None:
    with bench(platform, count=320) as b:
        b.fault(FaultKind.REPEAT_PAGE, times=None, after=1)
        asked = b.requests()
        if b.stage.passes_repeats:
            assert ids(drained(b.pull())[0]) == served(b, 320)
        else:
            with pytest.raises(AccountUnreachable, match="again and again"):
                list(b.pull())
        assert b.requests() - asked < 12


def test_a_gap_is_found_and_said(platform: str) -> None:
    """More came since the last pull than the platform serves."""
    stage = stage_of(platform)
    stream, count = stage.crowded
    author = CUSTOMER if stream == stage.inbound else BRAND
    first = replace(timeline(1, platform=platform, author=author, text=stage.mention)[0], ref="first")
    flood = timeline(
        count, platform=platform, author=author, text=stage.mention, start=EPOCH + timedelta(hours=2)
    )
    with bench(platform, first, *flood, clock=EPOCH + timedelta(hours=1)) as b:
        _, cursor = drained(b.pull(stream=stream))
        b.box.clock.advance(timedelta(days=2))
        pages = list(b.pull(cursor, stream=stream))
        notes = [note for page in pages for note in page.unchecked]
        assert [note.why for note in notes] == [Why.GAP]
        assert sum(len(page.posts) for page in pages) < count
        assert list(b.pull(pages[-1].cursor, stream=stream)) == []


TEXTS: list[Callable[[], str]] = [
    lambda: "x" * 100_000,
    lambda: "👩‍👩‍👧‍👦🎂" * 30,
    lambda: "שלום עולם \u202e abc \u2066x\u2069",
    lambda: "a\u200bb\u0007c\r\nd\x1b[31m",
    lambda: "<script>alert(1)</script> & &amp; &copy;",
]


@pytest.mark.parametrize("make", TEXTS, ids=["long", "emoji", "rtl", "control", "markup"])
def test_text_comes_as_people_see_it(platform: str, make: Callable[[], str]) -> None:
    post = replace(timeline(1, platform=platform)[0], text=make())
    with bench(platform, post) as b:
        (found,), _ = drained(b.pull())
        assert post.text in found.text


def test_a_lone_surrogate_can_be_stored(platform: str) -> None:
    post = replace(timeline(1, platform=platform)[0], text="half \ud83d an emoji")
    with bench(platform, post) as b:
        (found,), _ = drained(b.pull())
        assert "half \ufffd an emoji" in found.text
        json.dumps(dict(found.raw), ensure_ascii=False).encode()


def test_access_is_checked_live(platform: str) -> None:
    with bench(platform, count=1) as b:
        assert BRAND in b.connector().check_access(b.account).lower()
        b.fault(FaultKind.UNAVAILABLE, path_prefix="/", times=None)
        with pytest.raises(AccountUnreachable):
            b.connector().check_access(b.account)


@pytest.mark.fault(31)
def test_secrets_do_not_show(platform: str) -> None:
    with bench(platform, count=1) as b:
        connector = b.connector()
        list(connector.pull(b.account, b.own, None, Unlimited(), b.now))
        parts = [connector, *vars(connector).values()]
        assert "sandbox-" not in "".join(f"{part!r} {part}" for part in parts)
