"""Sends what waits: groups what cannot wait into one letter, then hands messages to the channel, each once."""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.jobs.times import next_slot
from bot.jobs.work import Done, Work, back_off
from bot.logs import spared
from bot.ports import Delivery, Receipt
from bot.settings.brand import WEEKDAYS, Brand
from bot.words import say
from policies.model.cases.machinery import WaitsFor
from policies.model.finding import Severity
from policies.model.post import Post
from policies.threads.asking import AtOnce
from storage.conversation_views import Untold
from storage.errors import StoreError
from storage.views import CaseView, OutMessage

log = structlog.get_logger(__name__)
LEASE = timedelta(
    minutes=3
)  #: how long a worker may hold one message; a hanging server is given up after 30 s
FIRST_RETRY = timedelta(minutes=1)
LAST_RETRY = timedelta(hours=4)
SPELL = timedelta(seconds=20)  #: in which one run sends
APART = timedelta(minutes=30)  #: between two reminders; what comes up meanwhile is told in one
#: Share of the promised time, in opening hours, that a client who is not late waits for others, to be told of in one
#: letter; and share of it that a reminder which is due waits for a digest that tells of the client.
HELD, SOON = 0.75, 0.2
DIGEST_TAKES = timedelta(minutes=5)  #: in which a digest is made once its time has come
WORKER = f"{socket.gethostname()}:{os.getpid()}"


def outbox(work: Work, now: datetime, failures: int = 0) -> Done:
    """Send what is ready for a while. A refused message waits; the others go on.

    Between two spells is told what came up meanwhile, so that an alert never waits for a heap of notices.
    """
    _ = failures
    untold: list[str] = []  # brands of which no letter could be written
    held = [until for brand in work.brands if (until := _told(work, brand, now, untold))]
    begun = work.clock()
    while message := work.store.outbox.claim(worker=WORKER, now=max(now, work.clock()), lease=LEASE):
        deliver(work, message, max(now, work.clock()))
        if work.stopping.is_set() or work.clock() - begun >= SPELL:
            return Done(next_due_at=now)
    error = say("health.untold", brands=", ".join(untold)) if untold else None
    return Done(next_due_at=min([now + work.intervals.outbox, *held]), error=error)


def _told(work: Work, brand: str, now: datetime, untold: list[str]) -> datetime | None:
    """`tell`; what goes wrong for one brand is noted, and keeps no other brand's letters."""
    return spared(f"{brand}/letters", partial(tell, work, brand, now), partial(untold.append, brand))


def tell(work: Work, brand: str, now: datetime) -> datetime | None:
    """Turn all that the owner must hear at once into letters, the most pressing first.

    UTC time until which a reminder is held, so that not each client is a mail of its own; None where none is.
    """
    if not work.brands[brand].recipients():
        return None  # it waits until somebody is there again
    untold = work.store.news.untold(brand)
    by_letter = {letter: [one for one in untold if one.letter is letter] for letter in AtOnce}
    for one in by_letter[AtOnce.CRISIS]:
        _put(work, brand, AtOnce.CRISIS, [one], [one], now)
    urgent = by_letter[AtOnce.ALERT]
    told = {one.view.case.id for one in urgent}
    same = [one for one in by_letter[AtOnce.REMINDER] if one.view.case.id in told]
    if urgent:  # what is told as urgent need not be told once more
        _put(work, brand, AtOnce.ALERT, urgent, [*urgent, *same], now)
    if called := by_letter[AtOnce.NOTICE]:
        _put(work, brand, AtOnce.NOTICE, called, called, now)
    rest = [one for one in by_letter[AtOnce.REMINDER] if one.view.case.id not in told]
    until = _held(work, brand, rest)
    if until is None or until > now:
        return until
    _put(work, brand, AtOnce.REMINDER, rest, rest, now)
    return None


def _held(work: Work, brand: str, reminders: Sequence[Untold]) -> datetime | None:
    """When the next reminder leaves; None where there is none. Whatever else waits is told with it."""
    if not reminders:
        return None
    config, last = work.brands[brand], work.store.outbox.last(brand, AtOnce.REMINDER)
    due = min(_due(config, one) for one in reminders)
    return max(due, last + APART) if last else due


def _due(config: Brand, one: Untold) -> datetime:
    """Who has waited too long is told of at once, unless the next digest is about to do so."""
    due: datetime | None = one.raised_at
    if one.view.case.severity is not Severity.WARN:
        due = config.business_hours(one.raised_at).after(one.raised_at, config.answer_within * HELD)
    due = due or one.raised_at + config.answer_within
    days = [WEEKDAYS.index(day) for day in config.digest.days]
    _, slot = next_slot(one.raised_at, config.digest.times, days, config.zone)
    return max(due, slot + DIGEST_TAKES) if slot <= due + config.answer_within * SOON else due


def _put(
    work: Work, brand: str, letter: AtOnce, about: Sequence[Untold], settles: Sequence[Untold], now: datetime
) -> bool:
    """Write one letter about these cases; False where somebody did so meanwhile."""
    config = work.brands[brand]
    causes = [fingerprint for one in settles for fingerprint in one.fingerprints]
    cause = hashlib.sha256("\n".join(sorted(causes)).encode()).hexdigest()[:32]
    views = [one.view for one in about]
    written = _written(work, config, letter, views, cause, now)
    if letter is AtOnce.ALERT and any(view.case.waits_for is WaitsFor.AGENCY for view in views):
        written += work.letters.notices(config, cause=cause, now=now)
    if not written:  # nobody at the agency reads mail
        return False
    return work.store.outbox.put_alert(written[0], causes, also=written[1:], now=now)


def _written(
    work: Work, config: Brand, letter: AtOnce, views: Sequence[CaseView], cause: str, now: datetime
) -> list[OutMessage]:
    if letter is AtOnce.ALERT:
        return work.letters.alerts(config, tuple(views), cause=cause, now=now)
    if letter is AtOnce.NOTICE:
        return work.letters.notices(config, cause=cause, now=now)
    if letter is AtOnce.REMINDER:
        return work.letters.reminders(config, tuple(views), cause=cause, now=now)
    one = views[0].conversation
    clients = work.store.news.of_crisis(config.brand, one.crisis) if one and one.crisis else list(views)
    published = _meanwhile(work, config, clients, now)
    return work.letters.crisis(config, tuple(clients), tuple(published), cause=cause, now=now)


def _meanwhile(work: Work, config: Brand, clients: Sequence[CaseView], now: datetime) -> list[Post]:
    """What was published in the brand's name since the first of them complained, beside answers to them."""
    talks = [view.conversation for view in clients if view.conversation]
    begun = min(one.latest.created_at for one in talks)
    answers = {one.newest_answer.key for one in talks if one.newest_answer}
    posts = [
        post
        for account in config.accounts
        for post in work.store.posts.history(account.key, since=begun, until=now)
        if post.created_at >= begun and post.key not in answers
    ]
    return sorted(posts, key=lambda post: post.created_at, reverse=True)


def may_read(work: Work, message: OutMessage) -> bool:
    """Whether all whom a message is for still stand in the brand's file."""
    brand = work.brands.get(message.brand)
    reached = {person.email for person in brand.people} if brand else set()
    return reached.issuperset(message.recipients)


def deliver(work: Work, message: OutMessage, now: datetime) -> None:
    """Hand one claimed message to the channel and note what became of it."""
    number = message.id
    if number is None:
        raise ValueError("a message must come from the store to be delivered")
    receipt = _handed_over(work, message, number)
    retry_at = now + back_off(message.attempts, FIRST_RETRY, LAST_RETRY)
    work.store.outbox.delivered(
        number,
        receipt.delivery.value,
        receipt.detail,
        now=work.clock(),
        next_try_at=retry_at if receipt.delivery is Delivery.RETRY else None,
    )
    log.info(
        "mail", brand=message.brand, kind=message.kind, outcome=receipt.delivery.value, detail=receipt.detail
    )


def _handed_over(work: Work, message: OutMessage, number: int) -> Receipt:
    """What the channel says; what nobody foresaw is logged, and keeps no other message."""
    if not may_read(work, message):
        return Receipt(delivery=Delivery.DEAD, detail=say("mail.reader_gone"))
    leaving = partial(work.store.outbox.leaving, number, now=work.clock())
    left: list[bool] = []

    def before_data() -> None:
        leaving()
        left.append(True)

    try:
        return work.channel.send(message.recipients, work.unsealed(message), before_data)
    except StoreError:
        raise
    except Exception as error:
        log.exception("message failed", message=number, kind=message.kind)
        return Receipt(
            delivery=Delivery.UNCERTAIN if left else Delivery.RETRY, detail=f"{type(error).__name__}: {error}"
        )
