"""Makes the digest when a local time comes: gather, build, render, and keep it with its message in one step."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from bot.connectors.shared.site import MICRO
from bot.jobs.learning.floods import new_floods
from bot.jobs.questions import ask, unanswered
from bot.jobs.times import last_slot, month, next_slot, slot_name
from bot.jobs.work import Done, Work
from bot.letters.mail.files import write_parts
from bot.letters.model import AccountSpend, DayFigures, DigestInput, Figures, RuleRecord
from bot.queue.port import EVERYTHING, Job
from bot.settings.brand import WEEKDAYS, Brand
from bot.words import figures, say, speaking
from policies.model.cases.flagged import fix_overdue
from policies.model.cases.machinery import WaitsFor
from policies.model.finding import Severity
from policies.model.keys import PostKey
from policies.rulebook import RuleBook
from policies.signing import by_owner
from policies.threads import first_answers, says_something
from policies.threads.asking import AtOnce
from policies.verdicts import precision, proposals
from storage.conversation_views import Untold
from storage.store import Subjects
from storage.views import CaseView, MessageState, OutMessage, Published, StoredPost, ThreadView

log = structlog.get_logger(__name__)
FIRST_PERIOD = timedelta(days=1)  #: what the very first digest looks back on
LONGEST_PERIOD = timedelta(days=31)
PREVIEW_PERIOD = timedelta(days=7)
SAMPLES = 1  #: one post for the owner to look at, on a quiet day
DAYS = timedelta(days=14)  #: what the chart shows
CASES_SHOWN = 60  #: the mail cuts further to stay short
THREADS_READ = 400
CLOSED = frozenset({WaitsFor.NOBODY})
OPEN = frozenset(WaitsFor) - CLOSED


def digest(work: Work, brand: str, now: datetime, failures: int = 0) -> Done:
    """Make the digest of the newest slot that has none yet: after days of sleep one, with everything."""
    _ = failures
    config = work.brands[brand]
    times = (config.digest.times, [WEEKDAYS.index(day) for day in config.digest.days], config.zone)
    name, instant = last_slot(now, *times)
    _, upcoming = next_slot(now, *times)
    if not config.recipients():  # the next one begins where the last one ended, so nothing is left out
        return Done(next_due_at=upcoming, error=say("health.no_reader"))
    newest = work.store.digests.last(brand)
    if newest is None and work.store.state.get(first_slot_key(brand)) is None:
        # The first start waits for the next slot rather than send an empty mail about the time before it.
        work.store.state.set(first_slot_key(brand), instant.isoformat())
        return Done(next_due_at=upcoming)
    begun = datetime.fromisoformat(work.store.state.get(first_slot_key(brand)) or instant.isoformat())
    reached = newest.until if newest else begun
    if instant > reached:
        make(work, config, slot=name, since=_since(reached, instant, newest is None), until=instant, now=now)
    return Done(next_due_at=upcoming, wakes=(Job(name="outbox", subject=EVERYTHING),))


def first_slot_key(brand: str) -> str:
    """State key: the slot before the first digest."""
    return f"digest_from:{brand}"


def _since(reached: datetime, until: datetime, first: bool) -> datetime:
    return max(min(reached, until - FIRST_PERIOD) if first else reached, until - LONGEST_PERIOD)


def make(work: Work, config: Brand, *, slot: str, since: datetime, until: datetime, now: datetime) -> bool:
    """Build one digest and put it into the outbox. False where this slot has one already, or nobody reads it."""
    if not config.recipients():
        return False
    ask(work.store, config, now)
    content = gather(work, config, since=since, until=until)
    first, *others = [work.letters.digest(config, content, person, slot) for person in config.recipients()]
    made = work.store.digests.save(
        config.brand,
        slot=slot,
        since=since,
        until=until,
        message=first,
        also=[*others, *work.letters.notices(config, cause=slot, now=until)],
        reminds=_reminded(work.store.news.untold(config.brand), first.names),
        now=now,
    )
    log.info("digest", brand=config.brand, slot=slot, made=made)
    return made


def _reminded(untold: Sequence[Untold], named: Collection[PostKey]) -> list[str]:
    """The reminders that a digest makes needless, because it tells of their clients."""
    return [
        fingerprint
        for one in untold
        if one.letter is AtOnce.REMINDER and (talk := one.view.conversation) and talk.latest.key in named
        for fingerprint in one.fingerprints
    ]


def send_now(work: Work, brand: str, now: datetime) -> bool:
    """A digest by hand, of the time since the last one. False where this minute has one."""
    config = work.brands[brand]
    newest = work.store.digests.last(brand)
    since = newest.until if newest else now - FIRST_PERIOD
    local = now.astimezone(config.zone)
    return make(work, config, slot=slot_name(local.date(), local.time()), since=since, until=now, now=now)


def preview(work: Work, brand: str, now: datetime, folder: Path) -> list[Path]:
    """Write digest.eml, digest.html and digest.txt of the time since the last digest, sending nothing."""
    config = work.brands[brand]
    newest = work.store.digests.last(brand)
    since = newest.until if newest and now - newest.until > timedelta(minutes=1) else now - PREVIEW_PERIOD
    content = gather(work, config, since=since, until=now)
    letter = work.letters.digest(config, content, config.recipients()[0], "preview")
    return write_parts(work.unsealed(letter), folder)


def gather(work: Work, config: Brand, *, since: datetime, until: datetime) -> DigestInput:
    """Everything the digest says, as the store stands at one moment. Changes nothing."""
    brand = config.brand
    with work.store.snapshot() as store, speaking(config.language):
        questions, questions_older = unanswered(store, brand)
        threads = store.periods.threads(brand, since=since, until=until, limit=THREADS_READ)
        return DigestInput(
            brand=config.name,
            owner=config.owner.name,
            zone=config.zone,
            since=since,
            until=until,
            figures=_figures(store, config, threads, since, until),
            cases=_cases(store, config, since, until),
            questions=questions,
            questions_older=questions_older,
            case_counts=store.cases.waiting(brand),
            settled=tuple(store.cases.find(brand, waits_for=CLOSED, since=since, limit=CASES_SHOWN)),
            warnings=tuple(
                store.periods.findings(
                    brand, at_least=Severity.WARN, limit=CASES_SHOWN, since=since, until=until
                )
            ),
            warning_count=store.periods.count_findings(
                brand, at_least=Severity.WARN, since=since, until=until
            ),
            samples=_samples(store, config, since, until),
            unchecked=tuple(store.periods.unchecked(brand, since=since, until=until)),
            health=tuple(store.streams.health(brand)),
            stale_after=config.stale_after,
            spend=_spend(store, config, until),
            days=_days(store, config, until),
            mood=mood(threads, since, until),
            limits=tuple(store.limits.history(brand, since=since, until=until)),
            floods=new_floods(store, work.engines[brand].rulebook, brand, since, until),
            rules=_rules(store, work.engines[brand].rulebook, brand, since.astimezone(config.zone), until),
            notices=_notices(store, brand),
        )


def _cases(store: Subjects, config: Brand, since: datetime, now: datetime) -> tuple[CaseView, ...]:
    """The open cases, all that have news among them, with whether a fix is overdue."""
    hours = config.business_hours(now)
    news = store.cases.find(config.brand, waits_for=OPEN, since=since, limit=CASES_SHOWN)
    worst = store.cases.find(config.brand, waits_for=OPEN, limit=CASES_SHOWN)
    views = {view.case.id: view for view in (*news, *worst)}.values()
    return tuple(replace(view, overdue=fix_overdue(view.case, hours, config.fix_days, now)) for view in views)


def _figures(
    store: Subjects, config: Brand, threads: Sequence[ThreadView], since: datetime, until: datetime
) -> Figures:
    hours = config.business_hours(until)
    answers = [
        answer.waited
        for view in threads
        for answer in first_answers(view.thread, hours, says_something)
        if since <= answer.at < until
    ]
    counts = store.periods.counts(config.brand, since=since, until=until)
    hers = _owners(store, config, since, until)
    return Figures(
        published=counts.outbound - len(hers),
        flagged=counts.flagged - sum(one.flagged for one in hers),
        inbound=counts.inbound,
        answered=len(answers),
        median_answer=statistics.median_low(answers) if answers else None,
        settled=counts.closed,
        in_owners_name=len(hers),
    )


def _samples(store: Subjects, config: Brand, since: datetime, until: datetime) -> tuple[StoredPost, ...]:
    """A few of the agency's posts for the owner's own eye."""
    hers = {one.post.key for one in _owners(store, config, since, until)}
    seed = f"{config.brand}:{until.isoformat()}"
    picked = store.periods.sample(config.brand, n=SAMPLES, seed=seed, since=since, until=until, without=hers)
    return tuple(picked)


def _owners(store: Subjects, config: Brand, since: datetime, until: datetime) -> list[Published]:
    """What an owner on the roster published herself: the agency gets neither praise nor blame for it."""
    published, roster = store.periods.published(config.brand, since=since, until=until), config.roster()
    return [one for one in published if by_owner(one.post, roster)]


def _days(store: Subjects, config: Brand, until: datetime) -> tuple[DayFigures, ...]:
    """The last days in numbers, without what the owner published."""
    since = until - DAYS
    hers = Counter(one.post.created_at.astimezone(UTC).date() for one in _owners(store, config, since, until))
    return tuple(
        DayFigures(
            date=day.day, outbound=day.outbound - hers[day.day], inbound=day.inbound, findings=day.findings
        )
        for day in store.periods.days(config.brand, since=since, until=until)
    )


def _spend(store: Subjects, config: Brand, at: datetime) -> tuple[AccountSpend, ...]:
    return tuple(
        AccountSpend(
            spent=store.streams.spent(account.key, month(at.astimezone(UTC))),
            budget=None if account.monthly_budget is None else round(account.monthly_budget * MICRO),
        )
        for account in config.accounts
    )


def _rules(
    store: Subjects, rulebook: RuleBook, brand: str, since: datetime, until: datetime
) -> tuple[RuleRecord, ...]:
    """How the rules did last month, where a local month has ended since ``since``, which is local time."""
    ended = until.astimezone(since.tzinfo).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    if since >= ended:
        return ()
    begun = (ended - timedelta(days=1)).replace(day=1)
    month_of = {one.rule: one for one in precision(store.verdicts.on_rules(brand, since=begun, until=ended))}
    ever = {one.rule: one for one in precision(store.verdicts.on_rules(brand, until=until))}
    wolves = {one.rule for one in proposals(ever.values(), rulebook)}
    return tuple(
        RuleRecord(
            title=loaded.rule.title if (loaded := rulebook.rule(rule)) else rule,
            right=one.right,
            wrong=one.wrong,
            ever=ever[rule].right + ever[rule].wrong,
            wrong_ever=ever[rule].wrong,
            cries_wolf=rule in wolves,
        )
        for rule, one in month_of.items()
    )


def mood(threads: Sequence[ThreadView], since: datetime, until: datetime) -> str:
    """One sentence on how customers sounded; empty where fewer than three were read."""
    labels = Counter(
        reading.heads["sentiment"].label
        for view in threads
        for post in view.thread.posts
        if not post.outbound and since <= post.created_at < until
        if (reading := view.readings.get(post.key)) and "sentiment" in reading.heads
    )
    total = labels.total()
    if total < 3:
        return ""
    return say(
        "digest.mood",
        total=total,
        pleased=labels["positive"],
        displeased=labels["negative"],
        neither=labels["neutral"],
    )


def _notices(store: Subjects, brand: str) -> tuple[str, ...]:
    """What went wrong with earlier mails."""
    unsure = store.outbox.find(brand, {MessageState.UNCERTAIN}, newest=3)
    dead = store.outbox.find(brand, {MessageState.DEAD}, newest=3)
    return tuple(_notice("uncertain", m) for m in unsure) + tuple(_notice("dead", m) for m in dead)


def _notice(fate: str, message: OutMessage) -> str:
    return say(
        f"digest.mail.{fate}",
        mail=say(f"mail.{message.kind}"),
        date=figures.long_date(message.created_at),
        detail=message.detail,
    )
