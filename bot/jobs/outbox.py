"""Sends what waits: groups critical findings into one alert, then hands messages to the channel, each once."""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.jobs.work import Done, Work, back_off
from bot.ports import Delivery
from policies.model.finding import Severity
from storage.views import CaseView, OutMessage

log = structlog.get_logger(__name__)
LEASE = timedelta(
    minutes=3
)  #: how long a worker may hold one message; a hanging server is given up after 30 s
FIRST_RETRY = timedelta(minutes=1)
LAST_RETRY = timedelta(hours=4)
WORKER = f"{socket.gethostname()}:{os.getpid()}"


def outbox(work: Work, now: datetime, failures: int = 0) -> Done:
    """Send everything that is ready. A refused message waits; the others go on."""
    _ = failures
    for brand in work.brands:
        group_alerts(work, brand, now)
    while message := work.store.outbox.claim(worker=WORKER, now=now, lease=LEASE):
        deliver(work, message, now)
        if work.stopping.is_set():
            return Done(next_due_at=now)
    return Done(next_due_at=now + work.intervals.outbox)


def group_alerts(work: Work, brand: str, now: datetime) -> bool:
    """Turn all critical findings that nobody was mailed about into one message. True where there were any."""
    cases = work.store.cases.pending_alerts(brand)
    if not cases:
        return False
    config = work.brands[brand]
    found = critical(cases)
    cause = hashlib.sha256("\n".join(sorted(found)).encode()).hexdigest()[:32]
    first, *others = work.letters.alerts(config, tuple(cases), cause=cause, now=now)
    also = [*others, *work.letters.notices(config, cause=cause, now=now)]
    return work.store.outbox.put_alert(first, found, also=also, now=now)


def critical(cases: Iterable[CaseView]) -> list[str]:
    """Fingerprints of the critical findings that still stand."""
    return [
        item.finding.fingerprint
        for view in cases
        for item in view.findings
        if item.finding.severity is Severity.CRITICAL and item.gone_at is None
    ]


def deliver(work: Work, message: OutMessage, now: datetime) -> None:
    """Hand one claimed message to the channel and note what became of it."""
    number = message.id
    if number is None:
        raise ValueError("a message must come from the store to be delivered")
    receipt = work.channel.send(
        message.recipients, message.body, partial(work.store.outbox.leaving, number, now=work.clock())
    )
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
