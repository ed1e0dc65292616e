"""How the service is doing, for machines: /healthz and Prometheus metrics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from bot.jobs.work import Work
from bot.settings.roster import LiveBrands
from bot.words import say
from policies.model.cases import KINDS
from policies.model.cases.machinery import WaitsFor
from storage.errors import StoreError, StoreFull
from storage.views import MessageState

OVERDUE = timedelta(minutes=10)  #: how late due work may be before the service counts as stuck
MOST_TOLD = 20  #: messages that are told one by one
_STUCK = (MessageState.DEAD, MessageState.UNCERTAIN)


class Health:
    """Reads the store each time it is asked, so that it cannot be out of date."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._registry = CollectorRegistry()
        self._registry.register(_Collector(work))

    def report(self) -> dict[str, Any]:
        """``ok`` and each problem, without names: whoever asks has not logged in. `doctor` says more."""
        problems = in_public(self._work)
        return {"ok": not problems, "problems": problems}

    def metrics(self) -> bytes:
        """Metrics in the Prometheus text format."""
        return generate_latest(self._registry)


def in_public(work: Work) -> list[str]:
    """What is wrong right now, a sentence each; nothing that names people, accounts or files, or quotes anybody."""
    try:
        work.store.upkeep.ping()
    except StoreFull:
        return ["The disk took no more."]
    except StoreError:
        return ["The store does not take writes."]
    silent = len(stale_accounts(work, work.clock()))
    stuck = sum(work.store.outbox.count(brand)[state] for brand in work.brands for state in _STUCK)
    return [
        *late_work(work),
        *settings_trouble(work),
        *([f"Lists of accounts that are not being read: {silent}."] if silent else []),
        *([f"Messages that did not surely arrive: {stuck}."] if stuck else []),
    ]


def problems_of(work: Work) -> list[str]:
    """What is wrong right now, a sentence each, for whoever runs the service."""
    try:
        work.store.upkeep.ping()
    except StoreError as error:
        return [str(error)]
    return [*late_work(work), *settings_trouble(work), *stale_accounts(work, work.clock()), *dead_mail(work)]


def settings_trouble(work: Work) -> list[str]:
    """What has become of the brands' files since the start."""
    unheard = any(not brand.recipients() for brand in work.brands.values())
    unread = isinstance(work.brands, LiveBrands) and work.brands.unread
    return [*([say("health.no_reader")] if unheard else []), *([say("health.unread")] if unread else [])]


def late_work(work: Work) -> list[str]:
    """Whether what is due is left undone."""
    due = work.queue.next_due()
    late = due is not None and work.clock() - due > OVERDUE
    return [f"Work has waited since {due:%Y-%m-%d %H:%M} UTC."] if late else []


def stale_accounts(work: Work, now: datetime) -> list[str]:
    """Accounts that were not read whole for several intervals."""
    found = []
    for brand in work.brands.values():
        limits = {account.key: account.stale_after for account in brand.accounts}
        for stream in work.store.streams.health(brand.brand):
            limit = limits.get(stream.stream.account)
            if limit is None or stream.failing_since is None:
                continue
            if stream.complete_at is None or now - stream.complete_at > limit:
                found.append(
                    f"{stream.stream.account} ({stream.stream.stream}) is not being read: {stream.error}"
                )
    return found


def dead_mail(work: Work) -> list[str]:
    """The newest messages that were refused for good, or whose fate is unknown."""
    return [
        f"A {message.kind} is {message.state}: {message.detail}"
        for brand in work.brands
        for message in work.store.outbox.find(brand, _STUCK, newest=MOST_TOLD)
    ]


class _Collector:
    """Gauges computed at each scrape."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def collect(self) -> Iterable[Metric]:
        """The gauges, over all brands: whoever asks has not logged in, and reads no names."""
        cases = GaugeMetricFamily(
            "oversight_open_cases", "Cases that wait for somebody", labels=["kind", "state"]
        )
        for (kind, state), count in sorted(self._cases().items()):
            cases.add_metric([kind, state], count)
        mail = GaugeMetricFamily("oversight_messages", "Messages by state", labels=["state"])
        counts = sum((self._work.store.outbox.count(brand) for brand in self._work.brands), Counter())
        for message_state in (MessageState.PENDING, *_STUCK):
            mail.add_metric([message_state.value], counts[message_state])
        streams = (one for brand in self._work.brands for one in self._work.store.streams.health(brand))
        failing = sum(one.failing_since is not None for one in streams)
        stale = GaugeMetricFamily("oversight_failing_streams", "Streams that cannot be read", value=failing)
        due = self._work.queue.next_due()
        lag = max((self._work.clock() - due).total_seconds(), 0.0) if due else 0.0
        late = GaugeMetricFamily("oversight_due_lag_seconds", "How late the oldest due work is", value=lag)
        return [cases, stale, mail, late]

    def _cases(self) -> Counter[tuple[str, str]]:
        """How many cases wait, by kind and state."""
        counts: Counter[tuple[str, str]] = Counter()
        for brand in self._work.brands:
            for kind in KINDS.values():
                for state, count in self._work.store.cases.count(brand, kind).items():
                    if kind.waits_for[state] is not WaitsFor.NOBODY:
                        counts[kind.name, state.value] += count
        return counts
