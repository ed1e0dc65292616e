"""Fetches what posts answer, where we never saw it: of each once, and what is gone is kept as gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.connectors.shared.site import FREE
from bot.errors import PlatformError
from bot.jobs.money import Budget, charges
from bot.jobs.work import Work
from bot.ports import AccountRef, Connector, SecondLook
from policies.model.coverage import Unchecked, Why
from policies.model.keys import AccountKey
from policies.model.post import Direction, Kind, Post
from policies.served import GONE

log = structlog.get_logger(__name__)
BATCH = 100  #: as many as X and Reddit look up in one call
LATELY = timedelta(days=30)  #: what older posts answer is let be
REMEMBERED = 1000  #: ids of an account that are not asked for again


def fetch_parents(work: Work, connector: Connector, ref: AccountRef, budget: Budget) -> None:
    """Fetch what the account's posts answer, within the budget, and on free platforms what others' posts do."""
    tried: list[str] = work.store.state.get(_key(ref.key)) or []
    children = work.store.looks.orphans(
        ref.brand,
        ref.key,
        since=budget.now - LATELY,
        own=work.prices[ref.platform] != FREE,
        without=tried,
        limit=BATCH,
    )
    affordable = budget.reads("post", owned=False)
    wanted = {child.parent_id: child for child in children[:affordable] if child.parent_id}
    if not wanted:
        return
    try:
        look = connector.look_again(ref, [_unseen(child) for child in wanted.values()], budget, budget.now)
    except PlatformError as error:  # the next pull tries again
        log.warning("parents not read", brand=ref.brand, platform=ref.platform, error=str(error))
        return
    _keep(work, ref, look, wanted, budget)
    answered = [key.external_id for key in look.answered]
    work.store.state.set(_key(ref.key), [*tried, *answered][-REMEMBERED:])


def _keep(work: Work, ref: AccountRef, look: SecondLook, wanted: Mapping[str, Post], budget: Budget) -> None:
    found = [post for post in look.posts if _belongs(post, wanted[post.key.external_id])]
    gone = [_tombstone(wanted[key.external_id], budget) for key in look.gone]
    work.store.posts.save(
        ref.brand,
        ref.stream("parents"),
        [*(replace(post, thread_id=wanted[post.key.external_id].thread_id) for post in found), *gone],
        cursor=None,
        charges=charges(budget.prices, look.reads),
        unchecked=(*look.unchecked, *_said(ref, gone, budget)),
        now=budget.now,
    )
    log.info(
        "parents read",
        brand=ref.brand,
        platform=ref.platform,
        asked=len(wanted),
        new=len(found),
        gone=len(gone),
    )


def _belongs(parent: Post, child: Post) -> bool:
    """Whether a conversation with the brand goes on from it. What others answer among themselves is theirs."""
    return child.outbound or parent.outbound or parent.author == child.author


def _unseen(child: Post) -> Post:
    """Stands for what a post answers until the platform has said what that is; nobody is its author yet."""
    return Post(
        key=replace(child.key, external_id=child.parent_id or ""),
        thread_id=child.thread_id,
        parent_id=None,
        direction=Direction.INBOUND,
        kind=Kind.POST,
        author="",
        created_at=child.created_at,
        text="",
    )


def _tombstone(child: Post, budget: Budget) -> Post:
    return replace(_unseen(child), author=GONE, text=GONE, deleted_at=budget.now)


def _said(ref: AccountRef, gone: Sequence[Post], budget: Budget) -> Iterator[Unchecked]:
    if gone:
        yield Unchecked(
            why=Why.UNREADABLE,
            platform=ref.platform,
            account=ref.handle,
            code="parents-gone",
            until=budget.now,
            count=len(gone),
        )


def _key(account: AccountKey) -> str:
    return f"parents:{account}"
