"""Looks at known posts once more: edits, deletions, and whether a claimed fix is real."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.connectors import edits_for
from bot.errors import ConfigError, PlatformError, RateLimited
from bot.jobs.looking import pauses
from bot.jobs.money import Budget, budget_for, charges
from bot.jobs.times import end_of_utc_day
from bot.jobs.work import Done, Work
from bot.ports import AccountRef
from bot.queue.port import Job, Queue, Subject
from bot.settings.accounts import SecondLooks
from policies.model.keys import AccountKey, PostKey
from storage.store import Store
from storage.views import StoredPost

log = structlog.get_logger(__name__)
MARGIN = timedelta(minutes=1)  #: after the last moment at which a post can change
LAST_CALL = timedelta(minutes=45)  #: before midnight UTC, while what was read today costs nothing
RETRY = timedelta(minutes=10)  #: after a look that failed
BATCH = 100


def look_again(work: Work, key: AccountKey, now: datetime, failures: int = 0) -> Done:
    """Read known posts as they stand now: as often as brand.yaml says, and where a fix is to be seen."""
    _ = failures
    account, ref = work.account(key)
    due = next_time(now, account.look_again, work.intervals.look_again)
    budget = budget_for(work.store, account, ref, work.prices[ref.platform], now)
    try:
        _look_at_cases(work, ref, budget)
        for posts in _candidates(work, ref, account.look_again, now):
            _look(work, ref, posts, budget)
    except RateLimited as error:
        return Done(next_due_at=max(error.reset_at, due), error=str(error))
    except (PlatformError, ConfigError) as error:
        log.warning("no second look", brand=ref.brand, platform=ref.platform, error=str(error))
        return Done(next_due_at=min(due, now + RETRY), error=str(error))
    upcoming = pauses.next_look(work.store.looks.flagged(ref.brand, key, limit=BATCH), now)
    return Done(
        next_due_at=min(due, upcoming or due),
        wakes=(Job(name="check", subject=Subject(brand=ref.brand)),),
    )


def ask(store: Store, queue: Queue, brand: str, key: PostKey, now: datetime) -> None:
    """Have this post looked at now, because somebody wants to know how it stands."""
    store.looks.ask(key, now=now)
    look_soon(queue, brand, key, now)


def look_soon(queue: Queue, brand: str, key: PostKey, at: datetime) -> None:
    """Have the account's posts that are due for a look looked at from this UTC time on."""
    queue.wake(Job(name="look_again", subject=Subject(brand=brand, account=key.account_key)), at=at)


def next_time(now: datetime, wanted: SecondLooks, every: timedelta) -> datetime:
    """The next round: at its interval, and never missing the last hour before midnight UTC."""
    last_call = end_of_utc_day(now) - LAST_CALL
    if wanted.same_day and now < last_call < now + every:
        return last_call
    return now + every


def _look_at_cases(work: Work, ref: AccountRef, budget: Budget) -> None:
    """Look where a fix may show. What was said to be fixed and stands as it was goes back to the agency."""
    due = pauses.due(work.store.looks.flagged(ref.brand, ref.key, limit=BATCH), budget.now)
    if not due:
        return
    seen = _look(work, ref, [one.stored for one in due], budget)
    shown = [one for one in due if one.stored.post.key in seen.shown]
    unmended = pauses.unmended(shown, seen.changed, edits_for(ref.platform), budget.now)
    back = work.store.looks.still_there(unmended, now=budget.now)
    if back:
        config = work.brands[ref.brand]
        cause = f"still-there:{budget.now.isoformat()}"
        work.store.outbox.put(work.letters.notices(config, cause=cause, now=budget.now), now=budget.now)
        log.info("still as it was", brand=ref.brand, platform=ref.platform, cases=back)


def _candidates(
    work: Work, ref: AccountRef, wanted: SecondLooks, now: datetime
) -> Iterator[list[StoredPost]]:
    """Batches due for a look: those asked for, posts that reached an age, and today's while that is free."""
    where = (ref.brand, ref.key)
    yield from _batches(partial(work.store.looks.asked, *where, limit=BATCH))
    grown_to = partial(work.store.looks.grown_to, *where, now=now, limit=BATCH)
    for age in sorted(wanted.own):
        yield from _batches(partial(grown_to, age=age, own=True))
    for age in sorted(wanted.after):
        yield from _batches(partial(grown_to, age=age))
    last_call = end_of_utc_day(now) - LAST_CALL
    if wanted.same_day and now >= last_call:
        today = end_of_utc_day(now) - timedelta(days=1)
        unchanging = now - (edits_for(ref.platform) or timedelta()) - MARGIN
        fetch = partial(
            work.store.looks.first_seen_since,
            *where,
            since=today,
            created_before=unchanging,
            unseen_since=last_call,
            limit=BATCH,
        )
        yield from _batches(fetch)


def _batches(fetch: Callable[[], list[StoredPost]]) -> Iterator[list[StoredPost]]:
    """Fetch until nothing new comes: a post that was looked at is no candidate any more."""
    before: set[PostKey] = set()
    while (posts := fetch()) and {s.post.key for s in posts} != before:
        before = {s.post.key for s in posts}
        yield posts


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What one look showed."""

    shown: frozenset[PostKey]  #: what the platform still serves
    changed: frozenset[str]  #: external ids of what is other than before


def _look(work: Work, ref: AccountRef, posts: Sequence[StoredPost], budget: Budget) -> _Seen:
    """One look at one batch: what changed is saved, what is gone is dated, the look is noted."""
    now, store = budget.now, work.store
    ids = [s.post.version_id or s.post.key.external_id for s in posts]
    paid = store.streams.charged_today(ref.platform, "post", ids, now=now)
    look = work.connect(ref).look_again(ref, [s.post for s in posts], replace(budget, paid=len(paid)), now)
    saved = store.posts.save(
        ref.brand,
        ref.stream("look_again"),
        look.posts,
        cursor=None,
        charges=charges(budget.prices, look.reads),
        unchecked=look.unchecked,
        now=now,
    )
    store.posts.mark_deleted(look.gone, now=now)
    store.looks.done(look.answered, now=now)
    log.info("looked again", brand=ref.brand, platform=ref.platform, posts=len(posts), gone=len(look.gone))
    changed = (*saved.revised, *saved.deleted, *look.gone)
    return _Seen(
        shown=frozenset(post.key for post in look.posts),
        changed=frozenset(key.external_id for key in changed),
    )
