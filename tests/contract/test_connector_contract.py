"""What every connector owes the jobs, tried against the sandbox's servers on loopback."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import islice

import pytest
from contract_bench import Unlimited, bench, stage_of
from contract_steps import drained, ids, served

from bot.connectors import SITES, site_of
from bot.errors import AccountUnreachable
from bot.sandbox import Delete, Edit, FaultKind, Publish, timeline
from bot.sandbox.synthetic import BRAND, CUSTOMER, EPOCH
from policies.model.post import Direction, Post


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
