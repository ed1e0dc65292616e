"""What every connector owes the jobs where the platform is in trouble."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from contract_bench import SHORT, Bench, Unlimited, bench, stage_of
from contract_steps import drained, ids, served

from bot.connectors.shared.limits import Limits
from bot.errors import AccountUnreachable, RateLimited, TokenDead
from bot.sandbox import FaultKind, timeline
from bot.sandbox.synthetic import BRAND, CUSTOMER, EPOCH
from policies.model.coverage import Why
from policies.model.post import Post


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
