"""Finds out what is wrong with an installation, and says the mend."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import requests

from bot.connectors import site_of
from bot.connectors.shared.http import server_time
from bot.health import dead_mail, problems_of
from bot.jobs.work import Work
from bot.judging.facts.reader import INSTALL, installed
from bot.ports import AccountRef
from bot.settings.home import Home, learned_file, load_home
from bot.settings.starter import PLACEHOLDER_EMAIL
from bot.wiring import (
    build_work,
    connector_for,
    engine_for,
    links_for,
    opened_store,
    scorer_for,
    utc_now,
    way_out,
)
from policies.errors import OversightError
from policies.learned import read_lessons
from policies.located_yaml import BadYaml
from policies.needs import Need
from storage.store import Store

TOLERANCE = timedelta(minutes=5)
SET_CLOCK = "Set the clock (timedatectl set-ntp true), then restart the service."
OLDEST_SANE = datetime.fromisoformat("2026-01-01T00:00:00+00:00")  #: a clock before this release is wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One thing that was looked at."""

    what: str
    ok: bool | None  #: None is a remark
    detail: str
    mend: str = ""


def examine(path: Path, *, offline: bool = False) -> Iterator[Diagnosis]:
    """Look at everything in the order in which it is needed; stops where nothing further can work."""
    try:
        home = load_home(path)
    except OversightError as error:
        yield Diagnosis(what="settings", ok=False, detail=str(error))
        return
    yield _settings(home)
    yield from _guarded("links", lambda: _links(home))
    yield from _guarded("model", lambda: _model(home))
    yield from _guarded("pictures", lambda: _pictures(home))
    yield from _guarded("campaigns", lambda: _campaigns(home))
    if not offline:
        yield from _accounts(home)
        yield from _guarded("mail server", lambda: _mail(home))
        yield from _guarded("clock", lambda: _platform_clock(home))
    if home.brands or Path(home.store_address).exists():  # looking must not make a store anywhere
        yield from _guarded("store", lambda: _store(home))


def _guarded(what: str, look: Callable[[], list[Diagnosis]]) -> Iterator[Diagnosis]:
    try:
        yield from look()
    except OversightError as error:
        yield Diagnosis(what=what, ok=False, detail=str(error.args[0]), mend=error.mend)
    except (OSError, ssl.SSLError) as error:
        yield Diagnosis(what=what, ok=False, detail=str(error), mend="Check the address and the network.")


def _settings(home: Home) -> Diagnosis:
    names = ", ".join(sorted(home.brands))
    if not names:
        return Diagnosis(
            what="settings", ok=False, detail="no brand is configured", mend="Run `oversight init`."
        )
    fake = [b.brand for b in home.brands.values() if any(p.email == PLACEHOLDER_EMAIL for p in b.people)]
    if fake:
        mend = f"Put the owner's address into brands/{fake[0]}.yaml."
        return Diagnosis(
            what="settings", ok=False, detail=f"{fake[0]} still mails {PLACEHOLDER_EMAIL}", mend=mend
        )
    return Diagnosis(what="settings", ok=True, detail=f"brands: {names}")


def _links(home: Home) -> list[Diagnosis]:
    links_for(home.service)
    local = home.service.base_url.startswith("http://")
    if local:
        detail = f"{home.service.base_url} opens on this machine only"
        mend = "Set OVERSIGHT_BASE_URL to an https address that phones reach."
        return [Diagnosis(what="links", ok=None, detail=detail, mend=mend)]
    return [Diagnosis(what="links", ok=True, detail=home.service.base_url)]


def _model(home: Home) -> list[Diagnosis]:
    scorer, _ = scorer_for(home.service, home.path)
    reading = scorer.read(["Thank you, that made my day!"])[0]
    heads = ", ".join(sorted(reading.heads))
    return [Diagnosis(what="model", ok=True, detail=f"{scorer.version} reads {heads}")]


def _pictures(home: Home) -> list[Diagnosis]:
    """The extra that reads pictures, where a rule needs it."""
    brands = list(home.brands.values())
    asking = [b.brand for b in brands if Need.PICTURES in engine_for(b, home.path).needs]
    if not asking:
        return []
    if installed():
        return [Diagnosis(what="pictures", ok=True, detail="the reader of words in pictures is installed")]
    detail = f"a rule of {', '.join(asking)} asks what stands in pictures, and nothing here reads them"
    return [
        Diagnosis(what="pictures", ok=False, detail=detail, mend=f"Run {INSTALL}, then restart the service.")
    ]


def _campaigns(home: Home) -> list[Diagnosis]:
    """Rules for campaigns that brand.yaml does not have: they never find anything."""
    found = []
    for brand in home.brands.values():
        known = {campaign.name for campaign in brand.campaigns}
        for loaded in engine_for(brand, home.path).rulebook.in_force:
            if missing := sorted(set(loaded.rule.applies.campaign) - known):
                detail = (
                    f"the rule {loaded.id} is for {', '.join(missing)}, which {brand.brand} does not have"
                )
                mend = f"Put it under `campaigns` in brands/{brand.brand}.yaml, or retire the rule."
                found.append(Diagnosis(what="campaigns", ok=False, detail=detail, mend=mend))
    return found


def _accounts(home: Home) -> Iterator[Diagnosis]:
    for brand in home.brands.values():
        if not brand.accounts:
            yield Diagnosis(
                what=brand.brand, ok=None, detail="no accounts to pull; posts come by import only"
            )
        for ref in brand.account_refs():
            yield from _guarded(str(ref.key), partial(_account, home, ref))


def _account(home: Home, ref: AccountRef) -> list[Diagnosis]:
    said = connector_for(home, ref).check_access(ref)
    return [Diagnosis(what=str(ref.key), ok=True, detail=said)]


def _mail(home: Home) -> list[Diagnosis]:
    way, channel = way_out(home)
    return [
        Diagnosis(what="mail server", ok=None if way.keeps else True, detail=channel.check(), mend=way.keeps)
    ]


def _store(home: Home) -> list[Diagnosis]:
    with opened_store(home) as store:
        damage = store.upkeep.integrity()
        if damage:
            mend = "Stop the service and restore the newest backup."
            return [Diagnosis(what="store", ok=False, detail="; ".join(damage[:3]), mend=mend)]
        entries = store.audit.verify()
        found = [
            Diagnosis(what="store", ok=True, detail=f"{home.store_address}, sound"),
            Diagnosis(what="audit log", ok=True, detail=f"{entries} entries, unbroken"),
            _clock(home, store),
            *_examples(home, store),
        ]
        if home.brands and home.service.keys:
            found += _running(build_work(home, store))
        return found


def _examples(home: Home, store: Store) -> Iterator[Diagnosis]:
    """The files of examples from verdicts, where one is not as it should be."""
    for brand in home.brands:
        path = learned_file(home.path, brand)
        try:
            behind = read_lessons(path) != tuple(store.examples.find(brand))
        except BadYaml as error:
            mend = "The service puts it aside within the hour and writes it again."
            yield Diagnosis(what="examples", ok=False, detail=str(error), mend=mend)
            continue
        if behind:
            mend = "The service writes it within the hour; if not, its log says why."
            yield Diagnosis(what="examples", ok=None, detail=f"{path} is behind the store", mend=mend)


def _running(work: Work) -> list[Diagnosis]:
    mail = [
        Diagnosis(
            what="mail", ok=False, detail=line, mend="Mend the cause, then resend it from the owner's desk."
        )
        for line in dead_mail(work)
    ]
    problems = [line for line in problems_of(work) if line not in {m.detail for m in mail}]
    return mail + [Diagnosis(what="service", ok=False, detail=line) for line in problems]


def _clock(home: Home, store: Store) -> Diagnosis:
    """The clock against the latest time that stands in the store: it can only have gone back."""
    now = utc_now()
    if now < OLDEST_SANE:
        return Diagnosis(
            what="clock", ok=False, detail=f"it is {now:%Y-%m-%d %H:%M} UTC here", mend=SET_CLOCK
        )
    latest = max(_seen(home, store), default=now)
    if latest - now > TOLERANCE:
        detail = f"it is {now:%Y-%m-%d %H:%M} UTC here, and {latest:%Y-%m-%d %H:%M} UTC has been already"
        return Diagnosis(what="clock", ok=False, detail=detail, mend=SET_CLOCK)
    return Diagnosis(what="clock", ok=True, detail=f"{now:%Y-%m-%d %H:%M} UTC")


def _seen(home: Home, store: Store) -> Iterator[datetime]:
    """Times at which the service did something, the latest of each sort."""
    yield from (entry.at for entry in store.audit.find(None, limit=1))
    for brand in home.brands:
        if newest := store.digests.last(brand):
            yield newest.created_at
        yield from (stream.complete_at for stream in store.streams.health(brand) if stream.complete_at)


def _platform_clock(home: Home) -> list[Diagnosis]:
    """The clock against that of a platform, which tells its time with every answer."""
    refs = [ref for brand in home.brands.values() for ref in brand.account_refs()]
    if not refs:
        return []
    site = site_of(refs[0].platform)
    keys = home.environment.credentials(site.name, refs[0].options.get("credentials"))
    address = getattr(keys, "api_url", None) or site.address
    theirs = server_time(requests.head(address, timeout=10).headers)
    if theirs is None or abs(theirs - utc_now()) <= TOLERANCE:
        return []
    detail = f"it is {utc_now():%Y-%m-%d %H:%M} UTC here, and {theirs:%Y-%m-%d %H:%M} UTC at {site.title}"
    return [Diagnosis(what="clock", ok=False, detail=detail, mend=SET_CLOCK)]
