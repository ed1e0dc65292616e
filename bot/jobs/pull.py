"""Pulls what an account published and what was said to it. Each page is stored with its cursor."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from bot.errors import ConfigError, PlatformError, RateLimited, TokenDead
from bot.jobs.looking.parents import fetch_parents
from bot.jobs.money import Budget, budget_for, charges
from bot.jobs.times import jitter
from bot.jobs.work import Done, Work, back_off
from bot.ports import AccountRef, Connector
from bot.queue.port import Job, Subject
from policies.model.coverage import Unchecked, Why
from policies.model.keys import AccountKey

log = structlog.get_logger(__name__)
MOST_WAIT = timedelta(hours=6)  #: longest pause between tries of an account that does not answer


def pull(work: Work, key: AccountKey, now: datetime, failures: int = 0) -> Done:
    """Pull every stream of one account. A failing stream does not hold up the others."""
    account, ref = work.account(key)
    regular = now + account.every + jitter(str(key), account.every)
    try:
        connector = work.connect(ref)
    except (PlatformError, ConfigError) as error:
        _note(work, ref, "login", error, now)
        return Done(next_due_at=now + back_off(failures, account.every, MOST_WAIT), error=str(error))
    budget = budget_for(work.store, account, ref, work.prices[ref.platform], now)
    outcomes = [_stream(work, connector, ref, stream, budget) for stream in connector.streams(ref)]
    errors = [outcome for outcome in outcomes if outcome]
    if not errors and not work.stopping.is_set():
        fetch_parents(work, connector, ref, budget)
    again = _next(errors, now=now, regular=regular, every=account.every, failures=failures)
    if work.stopping.is_set() and not errors:
        again = now  # it was cut short, and resumes from its cursors
    return Done(
        next_due_at=again,
        error="; ".join(map(str, errors)) or None,
        wakes=(Job(name="check", subject=Subject(brand=ref.brand)),),
    )


def _stream(
    work: Work, connector: Connector, ref: AccountRef, stream: str, budget: Budget
) -> PlatformError | None:
    """Pull one stream to its end. What came before an error stays stored."""
    now, store = budget.now, work.store
    if work.stopping.is_set():
        return None
    cursor = store.streams.cursor(ref.stream(stream))
    try:
        cut_short = False
        for page in connector.pull(ref, stream, cursor, budget, now):
            saved = store.posts.save(
                ref.brand,
                ref.stream(stream),
                page.posts,
                cursor=page.cursor,
                charges=charges(budget.prices, page.reads),
                unchecked=page.unchecked,
                now=now,
            )
            cut_short = cut_short or any(u.why is Why.BUDGET_SPENT for u in page.unchecked)
            log.info("pulled", brand=ref.brand, platform=ref.platform, stream=stream, new=len(saved.new))
            if work.stopping.is_set():
                return None
    except PlatformError as error:
        _note(work, ref, stream, error, now)
        return error
    if not cut_short:
        store.streams.ended(ref.stream(stream), now=now)
    return None


def _note(
    work: Work, ref: AccountRef, stream: str, error: PlatformError | ConfigError, now: datetime
) -> None:
    """Keep what was not read, so that the digest says it."""
    code, parts = (error.code, error.parts) if isinstance(error, PlatformError) else ("", {})
    work.store.streams.ended(ref.stream(stream), now=now, error=str(error), code=code, parts=parts)
    why = Why.UNREACHABLE
    if isinstance(error, TokenDead):
        why = Why.TOKEN_DEAD
    elif isinstance(error, RateLimited):
        why = Why.RATE_LIMITED
    note = Unchecked(
        why=why,
        platform=ref.platform,
        account=ref.handle,
        code=code,
        parts=parts,
        detail="" if code else str(error),
        since=now,
        until=now,
    )
    work.store.posts.save(ref.brand, ref.stream(stream), (), cursor=None, unchecked=(note,), now=now)
    log.warning(
        "not pulled", brand=ref.brand, platform=ref.platform, stream=stream, why=why.value, error=str(error)
    )


def _next(
    errors: list[PlatformError], *, now: datetime, regular: datetime, every: timedelta, failures: int
) -> datetime:
    """When to pull again: never before a rate limit ends, soon after the first sign of an outage."""
    if not errors:
        return regular
    if failures == 0 and any(not error.permanent for error in errors):
        wait = min(every, timedelta(minutes=1))  # most outages are short: one early try
    else:
        wait = back_off(failures, every, MOST_WAIT)
    resets = [error.reset_at for error in errors if isinstance(error, RateLimited)]
    return max([now + wait, *resets])
