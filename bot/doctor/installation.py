"""Looks at a whole installation: settings, links, model, accounts, mail, clock and store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import requests

from bot.connectors import site_of
from bot.connectors.shared.http import server_time
from bot.doctor.diagnosis import Diagnosis, Soundness, guarded, skipped
from bot.doctor.settings import addressees, mistakes, of_brand
from bot.health import dead_mail, problems_of
from bot.jobs.work import Work
from bot.ports import AccountRef
from bot.settings.home import Home, learned_file, load_home
from bot.wiring import build_work, connector_for, links_for, opened_store, scorer_for, utc_now, way_out
from policies.errors import OversightError
from policies.learned import read_lessons
from policies.located_yaml import BadYaml
from storage.store import Store

TOLERANCE = timedelta(minutes=5)
SET_CLOCK = "Set the clock (timedatectl set-ntp true), then restart the service."
OLDEST_SANE = datetime.fromisoformat("2026-01-01T00:00:00+00:00")  #: a clock before this release is wrong


def examine(path: Path, *, offline: bool = False) -> Iterator[Diagnosis]:
    """Look at everything in the order in which it is needed; stops where nothing further can work."""
    try:
        home = load_home(path)
    except OversightError as error:
        yield from mistakes(error)
        return
    yield addressees(home.brands)
    yield from guarded("links", lambda: _links(home))
    yield from guarded("model", lambda: _model(home))
    for brand in home.brands.values():
        yield from of_brand(brand, home.path, f"brands/{brand.brand}.yaml")
    wrong_clock: list[Diagnosis] = []
    if offline:
        yield from (skipped(what, "--offline") for what in ("accounts", "mail server"))
    else:
        yield from _accounts(home)
        yield from guarded("mail server", lambda: _mail(home))
        wrong_clock = list(guarded("clock", lambda: _platform_clock(home)))
        yield from wrong_clock
    if home.brands or Path(home.store_address).exists():  # looking must not make a store anywhere
        yield from (
            one for one in guarded("store", lambda: _store(home)) if not (wrong_clock and one.what == "clock")
        )


def _links(home: Home) -> list[Diagnosis]:
    links_for(home.service)
    parts = urlsplit(home.service.base_url)
    port = home.service.listen_port
    if parts.scheme == "http" and port and (parts.port or 80) != port:
        detail = f"links lead to {home.service.base_url}, and the pages listen on port {port}"
        mend = f"Write port {port} into OVERSIGHT_BASE_URL too, or leave it out."
        return [Diagnosis(what="links", state=Soundness.WARN, detail=detail, mend=mend)]
    if parts.scheme == "http":
        detail = f"{home.service.base_url} opens on this machine only"
        mend = "Set OVERSIGHT_BASE_URL to an https address that phones reach."
        return [Diagnosis(what="links", state=Soundness.WARN, detail=detail, mend=mend)]
    return [Diagnosis(what="links", state=Soundness.OK, detail=home.service.base_url)]


def _model(home: Home) -> list[Diagnosis]:
    scorer, _ = scorer_for(home.service, home.path)
    reading = scorer.read(["Thank you, that made my day!"])[0]
    heads = ", ".join(sorted(reading.heads))
    return [Diagnosis(what="model", state=Soundness.OK, detail=f"{scorer.version} reads {heads}")]


def _accounts(home: Home) -> Iterator[Diagnosis]:
    for brand in home.brands.values():
        if not brand.accounts:
            yield Diagnosis(
                what=brand.brand,
                state=Soundness.WARN,
                detail="no accounts to pull; posts come by import only",
            )
        for ref in brand.account_refs():
            yield from guarded(str(ref.key), partial(_account, home, ref))


def _account(home: Home, ref: AccountRef) -> list[Diagnosis]:
    said = connector_for(home, ref).check_access(ref)
    return [Diagnosis(what=str(ref.key), state=Soundness.OK, detail=said)]


def _mail(home: Home) -> list[Diagnosis]:
    way, channel = way_out(home)
    return [
        Diagnosis(
            what="mail server",
            state=Soundness.WARN if way.keeps else Soundness.OK,
            detail=channel.check(),
            mend=way.keeps,
        )
    ]


def _store(home: Home) -> list[Diagnosis]:
    with opened_store(home) as store:
        damage = store.upkeep.integrity()
        if damage:
            mend = "Stop the service and restore the newest backup."
            return [Diagnosis(what="store", state=Soundness.FAIL, detail="; ".join(damage[:3]), mend=mend)]
        entries = store.audit.verify()
        found = [
            Diagnosis(what="store", state=Soundness.OK, detail=f"{home.store_address}, sound"),
            Diagnosis(what="audit log", state=Soundness.OK, detail=f"{entries} entries, unbroken"),
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
            yield Diagnosis(what="examples", state=Soundness.FAIL, detail=str(error), mend=mend)
            continue
        if behind:
            mend = "The service writes it within the hour; if not, its log says why."
            yield Diagnosis(
                what="examples", state=Soundness.WARN, detail=f"{path} is behind the store", mend=mend
            )


def _running(work: Work) -> list[Diagnosis]:
    mail = [
        Diagnosis(
            what="mail",
            state=Soundness.FAIL,
            detail=line,
            mend="Mend the cause, then resend it from the owner's desk.",
        )
        for line in dead_mail(work)
    ]
    problems = [line for line in problems_of(work) if line not in {m.detail for m in mail}]
    return mail + [Diagnosis(what="service", state=Soundness.FAIL, detail=line) for line in problems]


def _clock(home: Home, store: Store) -> Diagnosis:
    """The clock against the latest time that stands in the store: it can only have gone back."""
    now = utc_now()
    if now < OLDEST_SANE:
        return Diagnosis(
            what="clock", state=Soundness.FAIL, detail=f"it is {now:%Y-%m-%d %H:%M} UTC here", mend=SET_CLOCK
        )
    latest = max(_seen(home, store), default=now)
    if latest - now > TOLERANCE:
        detail = f"it is {now:%Y-%m-%d %H:%M} UTC here, and {latest:%Y-%m-%d %H:%M} UTC has been already"
        return Diagnosis(what="clock", state=Soundness.FAIL, detail=detail, mend=SET_CLOCK)
    return Diagnosis(what="clock", state=Soundness.OK, detail=f"{now:%Y-%m-%d %H:%M} UTC")


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
    return [Diagnosis(what="clock", state=Soundness.FAIL, detail=detail, mend=SET_CLOCK)]
