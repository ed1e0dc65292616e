"""The only place that builds objects: settings in, a working daemon out."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import ConfigError

if TYPE_CHECKING:  # what is built is imported when it is: a command that opens the store needs no rules
    from bot.channels.way import Way
    from bot.jobs.work import Intervals, Work
    from bot.links import LinkMaker, Links
    from bot.ports import AccountRef, Channel, Connector
    from bot.settings.brand import Brand
    from bot.settings.home import Home
    from bot.settings.roster import LiveBrands
    from bot.settings.service import Service
    from bot.web.site import BrandInfo
    from policies.engine import Engine
    from policies.model.cases.machinery import Case
    from policies.model.keys import AccountKey
    from policies.scoring import Embedder, Scorer
    from storage.store import Store
    from storage.trial import Trial

KERNEL_FILE = ".model-kernel.json"  #: in the home folder: which arithmetic was the fastest here


def utc_now() -> datetime:
    """The clock of the machine."""
    return datetime.now(UTC)


@contextmanager
def opened_store(home: Home) -> Iterator[Store]:
    """The store of a home folder, closed at the end. Raises `StoreError` with the mend."""
    from storage.engines import open_store

    store = open_store(home.store_address)
    try:
        yield store
    finally:
        store.close()


def scorer_for(service: Service, home: Path) -> tuple[Scorer, Embedder | None]:
    """The tone model that the settings name, and the sentence model beside it."""
    from bot.judging.scorers.onnx import OnnxScorer
    from bot.judging.scorers.similar import OnnxEmbedder

    if service.model == "shipped":
        scorer = OnnxScorer(kernel_file=home / KERNEL_FILE)
        return scorer, OnnxEmbedder(tone=scorer.tone)  # one open model serves both
    from bot.judging.scorers.hub import HubScorer, HubSettings

    labels = label_map(service.model_labels)
    return HubScorer(HubSettings(model=service.model, head=service.model_head, labels=labels)), OnnxEmbedder()


def exchanges_for(scorer: Scorer, embedder: Embedder | None) -> Scorer | None:
    """What reads exchanges beside a tone model: the shipped heads; None beside one that is a stand-in."""
    from bot.judging.scorers.exchanges import OnnxExchanges
    from bot.judging.scorers.hub import HubScorer
    from bot.judging.scorers.onnx import OnnxScorer
    from bot.judging.scorers.similar import OnnxEmbedder

    if isinstance(scorer, OnnxScorer) and isinstance(embedder, OnnxEmbedder):
        return OnnxExchanges(scorer=scorer, embedder=embedder)  # one open model serves all
    return OnnxExchanges() if isinstance(scorer, HubScorer) else None


def label_map(text: str | None) -> dict[str, str] | None:
    """``LABEL_0=negative,LABEL_1=neutral`` as a mapping. Raises `ConfigError`."""
    if text is None:
        return None
    pairs = [part.split("=", 1) for part in text.split(",") if part.strip()]
    if any(len(pair) != 2 for pair in pairs):
        raise ConfigError(
            f"OVERSIGHT_MODEL_LABELS is {text!r}.", mend="Write it like LABEL_0=negative,LABEL_1=neutral."
        )
    return {theirs.strip(): ours.strip() for theirs, ours in pairs}


def engine_for(brand: Brand, home: Path) -> Engine:
    """The rules of a brand. Raises `ConfigError` with every mistake in them."""
    from bot.settings.home import BadSettings
    from policies.engine import Engine
    from policies.loader import PolicyErrors, load

    try:
        return Engine(load(brand.packs(home)))
    except PolicyErrors as error:
        raise BadSettings(error.problems) from error


def way_out(home: Home) -> tuple[Way, Channel]:
    """The first channel whose settings suffice; the last keeps messages as files, so that nothing is lost."""
    from bot.channels import ways

    for way in ways():
        if channel := way.open(home.channels[way.name], home=home.path, sender=home.service.mail_from):
            return way, channel
    raise ConfigError("No channel takes messages.", mend="Set OVERSIGHT_SMTP_HOST.")


def links_for(service: Service) -> Links:
    """What signs links. Raises `ConfigError` where there is no key."""
    from bot.links import Links

    if not service.keys:
        raise ConfigError(
            "OVERSIGHT_LINK_KEYS is not set, so no link can be signed.",
            mend="Run `oversight init`, or set it to a long random text.",
        )
    return Links(service.keys, base_url=service.base_url)


def links_from(home: Home, store: Store, clock: Callable[[], datetime]) -> LinkMaker:
    """Issues links that live as long as the settings say. Raises `ConfigError` where there is no key."""
    from bot.links import link_maker

    life = timedelta(days=home.service.link_days)
    return link_maker(links_for(home.service), lifetime=life, clock=clock, remember=store.links.put)


def new_link_key() -> str:
    """A fresh key for signing links."""
    return secrets.token_urlsafe(32)


def connector_for(home: Home, ref: AccountRef) -> Connector:
    """The connector of an account, with its keys."""
    from bot.connectors import site_of

    keys = home.environment.credentials(ref.platform, ref.options.get("credentials"))
    return site_of(ref.platform).connect(keys)


def sync_brands(
    store: Store, brands: Mapping[str, Brand], engines: Mapping[str, Engine], now: datetime
) -> None:
    """Tell the store about the brands, their people and the rules in force."""
    for brand in brands.values():
        accounts = [account.key for account in brand.accounts]
        store.brands.sync(brand.brand, accounts=accounts, people=brand.roster(), now=now, exact=True)
        rulebook = engines[brand.brand].rulebook
        store.brands.put_policies(brand.brand, rulebook.version, rulebook.content(), now=now)


def live_brands(home: Home, store: Store, clock: Callable[[], datetime]) -> LiveBrands:
    """The brands, whose people are read again when their files change; the store is told at once."""
    from bot.settings.roster import LiveBrands

    def changed(brand: Brand) -> None:
        accounts = [account.key for account in brand.accounts]
        store.brands.sync(brand.brand, accounts=accounts, people=brand.roster(), now=clock(), exact=True)

    return LiveBrands(home.path, home.brands, changed)


def register_brands(home: Home, store: Store, *, now: datetime | None = None) -> dict[str, Engine]:
    """Tell the store about all brands of a home folder; their rules. Raises `ConfigError` for mistakes in rules."""
    engines = {name: engine_for(brand, home.path) for name, brand in home.brands.items()}
    sync_brands(store, home.brands, engines, now or utc_now())
    return engines


def build_work(
    home: Home,
    store: Store,
    *,
    clock: Callable[[], datetime] = utc_now,
    intervals: Intervals | None = None,
    models: tuple[Scorer, Embedder | None] | None = None,
) -> Work:
    """Everything that jobs need; ``models`` stand in for those that the settings name.

    Raises `ConfigError` where the configuration does not suffice.
    """
    from bot.jobs.work import Intervals, Work
    from bot.judging.facts.find import open_facts
    from bot.links import granted
    from bot.queue.embedded import EmbeddedQueue

    if not home.brands:
        raise ConfigError(f"There is no brand in {home.path / 'brands'}.", mend="Run `oversight init`.")
    engines = register_brands(home, store, now=clock())
    scorer, embedder = models or scorer_for(home.service, home.path)
    return Work(
        home=home.path,
        store=store,
        queue=EmbeddedQueue(store),
        service=home.service,
        prices=home.prices,
        brands=live_brands(home, store, clock),
        engines=engines,
        scorer=scorer,
        embedder=embedder,
        exchanges=exchanges_for(scorer, embedder),
        facts=open_facts(),
        connect=cache_by_account(partial(connector_for, home)),
        channel=way_out(home)[1],
        link=links_from(home, store, clock),
        address_of=lambda link: links_for(home.service).address(granted(link)),
        clock=clock,
        intervals=intervals or Intervals(),
    )


def cache_by_account(make: Callable[[AccountRef], Connector]) -> Callable[[AccountRef], Connector]:
    """One connector per account for the life of the process, so that tokens and connections are reused."""
    made: dict[AccountKey, Connector] = {}

    def connector(ref: AccountRef) -> Connector:
        if ref.key not in made:
            made[ref.key] = make(ref)
        return made[ref.key]

    return connector


def brand_infos(home: Home) -> dict[str, BrandInfo]:
    """What the pages say of each brand."""
    from bot.web.site import BrandInfo
    from policies.model.cases.flagged import fix_overdue

    def overdue(brand: Brand, case: Case, now: datetime) -> bool:
        return fix_overdue(case, brand.business_hours(now), brand.fix_days, now)

    return {
        brand.brand: BrandInfo(
            name=brand.name,
            zone=brand.zone,
            language=brand.language,
            stale_after=brand.stale_after,
            overdue=partial(overdue, brand),
        )
        for brand in home.brands.values()
    }


def migrate_store(home: Home) -> None:
    """Bring the store to this version's schema."""
    from storage.engines import open_store

    open_store(home.store_address, migrate=True).close()


def try_migrating(home: Home) -> Trial:
    """What a migration would make of the store; only copies of it are written."""
    from storage.trial import try_migration

    return try_migration(home.store_address)
