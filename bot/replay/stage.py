"""Builds the service over an archive, and turns its clock from one due time to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

from pydantic import SecretStr

from bot.connectors.shared.site import FREE
from bot.jobs.times import next_slot
from bot.jobs.work import Intervals, Work
from bot.ports import AccountRef, Connector
from bot.queue.port import Queue
from bot.replay.archive import LONGEST, Archive
from bot.replay.chronicle import Chronicle
from bot.replay.events import Event
from bot.replay.platform import ArchiveConnector, Recorder, no_facts
from bot.replay.queue import ReplayQueue
from bot.schedule import Scheduler
from bot.settings.accounts import Account, SecondLooks
from bot.settings.brand import WEEKDAYS, Brand
from bot.settings.home import Home
from bot.wiring import build_work, new_link_key
from policies.errors import OversightError
from policies.model.keys import AccountKey
from policies.model.limits import TopicLimits
from policies.scoring import Embedder, Scorer
from storage.engines import open_store
from storage.limits import LimitsChange
from storage.store import Store

DAY = timedelta(days=1)
AFTERWARDS = DAY  #: how long the service goes on after the last change, and then up to a digest
#: Safety nets of a service that may be killed: here pulls, findings and verdicts wake what they make due.
INTERVALS = Intervals(check=DAY, watch=DAY, outbox=DAY, look_again=DAY, prune=DAY, learn=DAY)
Models = tuple[Scorer, Embedder | None]


class StillClock:
    """Stands still until somebody turns it."""

    def __init__(self, now: datetime) -> None:
        self.now = now  #: UTC

    def __call__(self) -> datetime:
        """The time that it shows, UTC."""
        return self.now


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The service over an archive."""

    work: Work
    queue: Queue
    clock: StillClock
    chronicle: Chronicle
    problems: Sequence[str]  #: what jobs ended with that failed; grows while they run
    end: datetime  #: UTC; the last digest is made then


@contextmanager
def staged(
    archive: Archive,
    brand: Brand,
    home: Home,
    models: Models,
    limits: Mapping[str, TopicLimits] = MappingProxyType({}),
) -> Iterator[Stage]:
    """The service with the clock at the archive's first change; its store is gone at the end.

    ``home`` is where the brand's packs stand; ``limits`` are its own, by topic. Raises `ConfigError` for mistakes in
    rules, and `OversightError` for an archive of too many years.
    """
    _require_span(archive)
    brand = with_accounts(brand, archive)
    with (
        TemporaryDirectory(prefix="oversight-replay-") as folder,
        open_store(Path(folder) / "replay.db") as store,
    ):
        stage = _stage(archive, brand, home, models, store, Path(folder))
        kept = {topic: LimitsChange(limits=one, code="kept") for topic, one in limits.items()}
        if kept:
            store.limits.change(brand.brand, kept, actor="operator", now=stage.clock.now)
        yield stage


def _require_span(archive: Archive) -> None:
    first, last = archive.changes[0].at, archive.changes[-1].at
    if last - first > LONGEST or last > datetime.max.replace(tzinfo=UTC) - LONGEST:
        raise OversightError(
            f"The archive goes from {first:%Y-%m-%d} to {last:%Y-%m-%d}, which is too long to live through.",
            mend="Mend the lines with such dates, or take fewer years.",
        )


def _stage(archive: Archive, brand: Brand, home: Home, models: Models, store: Store, folder: Path) -> Stage:
    clock, recorder = StillClock(archive.changes[0].at), Recorder()
    by_account = archive.by_account()
    queue = ReplayQueue(by_account)
    service = home.service.model_copy(update={"link_keys": SecretStr(new_link_key())})
    home = replace(home, brands={brand.brand: brand}, service=service)

    def connect(ref: AccountRef) -> Connector:
        return ArchiveConnector(ref.platform, by_account.get(ref.key, ()))

    work = replace(
        build_work(home, store, clock=clock, intervals=INTERVALS, models=models),
        home=folder,
        queue=queue,
        prices={account.platform: FREE for account in brand.accounts},
        facts=no_facts(),
        connect=connect,
        channel=recorder,
    )
    chronicle = Chronicle(store, brand, recorder.recipients)
    end = _end(archive, brand)
    return Stage(work=work, queue=queue, clock=clock, chronicle=chronicle, problems=queue.problems, end=end)


def _end(archive: Archive, brand: Brand) -> datetime:
    days = [WEEKDAYS.index(day) for day in brand.digest.days]
    return next_slot(archive.changes[-1].at + AFTERWARDS, brand.digest.times, days, brand.zone)[1]


def with_accounts(brand: Brand, archive: Archive) -> Brand:
    """The brand with the accounts that only the archive knows, as they come."""
    listed = {account.key for account in brand.accounts}
    others = [key for key in archive.by_account() if key not in listed]
    return brand.model_copy(update={"accounts": (*brand.accounts, *map(_taken, others))})


def _taken(key: AccountKey) -> Account:
    """An account of which no settings say more; no second looks, since its platform need not be one of ours."""
    looks = SecondLooks(same_day=False, own=(), after=())
    return Account(platform=key.platform, handle=key.handle, look_again=looks)


def live(stage: Stage, on_step: Callable[[datetime], None] = lambda _: None) -> Iterator[Event]:
    """Live through the archive: whatever is due runs at its time. What happened comes as it happens."""
    scheduler = Scheduler(stage.work)
    scheduler.plan(stage.clock.now)
    while stage.clock.now <= stage.end:
        scheduler.run_due(stage.clock.now)
        on_step(stage.clock.now)
        yield from stage.chronicle.news()
        due = stage.queue.next_due()
        if due is None:
            break
        stage.clock.now = max(due, stage.clock.now)
