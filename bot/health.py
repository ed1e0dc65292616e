"""How the service is doing, for machines: /healthz and Prometheus metrics."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from bot.jobs.work import Work
from policies.model.cases import KINDS
from policies.model.cases.machinery import WaitsFor
from storage.errors import StoreError
from storage.views import MessageState

OVERDUE = timedelta(minutes=10)  #: how late due work may be before the service counts as stuck


class Health:
    """Reads the store each time it is asked, so that it cannot be out of date."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._registry = CollectorRegistry()
        self._registry.register(_Collector(work))

    def report(self) -> dict[str, Any]:
        """``ok`` and each problem. A store that does not take writes is a problem."""
        problems = problems_of(self._work)
        return {"ok": not problems, "problems": problems}

    def metrics(self) -> bytes:
        """Metrics in the Prometheus text format."""
        return generate_latest(self._registry)


def problems_of(work: Work) -> list[str]:
    """What is wrong right now, a sentence each; nothing that names people or texts."""
    try:
        work.store.upkeep.ping()
    except StoreError as error:
        return [str(error)]
    now = work.clock()
    due = work.queue.next_due()
    stuck = [f"Work has waited since {due:%Y-%m-%d %H:%M} UTC."] if due and now - due > OVERDUE else []
    return [*stuck, *stale_accounts(work, now), *dead_mail(work)]


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
    """Messages that were refused for good, or whose fate is unknown."""
    states = {MessageState.DEAD, MessageState.UNCERTAIN}
    return [
        f"A {message.kind} is {message.state}: {message.detail}"
        for brand in work.brands
        for message in work.store.outbox.find(brand, states)
    ]


class _Collector:
    """Gauges computed at each scrape."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def collect(self) -> Iterable[Metric]:
        """The gauges."""
        cases = GaugeMetricFamily(
            "oversight_open_cases", "Cases that wait for somebody", labels=["brand", "kind", "state"]
        )
        stale = GaugeMetricFamily(
            "oversight_failing_streams", "Streams that cannot be read", labels=["brand"]
        )
        mail = GaugeMetricFamily("oversight_messages", "Messages by state", labels=["brand", "state"])
        for brand in self._work.brands:
            for kind in KINDS.values():
                for state, count in self._work.store.cases.count(brand, kind).items():
                    if kind.waits_for[state] is not WaitsFor.NOBODY:
                        cases.add_metric([brand, kind.name, state.value], count)
            failing = [s for s in self._work.store.streams.health(brand) if s.failing_since]
            stale.add_metric([brand], len(failing))
            for message_state in (MessageState.PENDING, MessageState.DEAD, MessageState.UNCERTAIN):
                count = len(self._work.store.outbox.find(brand, {message_state}))
                mail.add_metric([brand, message_state.value], count)
        due = self._work.queue.next_due()
        lag = max((self._work.clock() - due).total_seconds(), 0.0) if due else 0.0
        late = GaugeMetricFamily("oversight_due_lag_seconds", "How late the oldest due work is", value=lag)
        return [cases, stale, mail, late]
