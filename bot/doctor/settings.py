"""Looks at settings alone: what brand.yaml says, whether its rules load, and what they ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.doctor.diagnosis import Diagnosis, Soundness, skipped
from bot.errors import ConfigError
from bot.judging.facts.reader import INSTALL, installed
from bot.settings.brand import WEEKDAYS, Brand
from bot.settings.home import BadSettings, home_of, read_brand
from bot.settings.starter import PLACEHOLDER_EMAIL
from bot.wiring import engine_for
from policies.engine import Engine
from policies.errors import OversightError
from policies.needs import Need

ELSEWHERE = ("links", "model", "accounts", "mail server", "clock", "store")  #: what no file of settings tells


def examine_settings(file: Path) -> Iterator[Diagnosis]:
    """Look at one brand.yaml, wherever it stands, and at nothing else."""
    try:
        brand = read_brand(file)
    except ConfigError as error:
        yield from mistakes(error)
    else:
        yield addressees({brand.brand: brand})
        yield from of_brand(brand, home_of(file), str(file))
    yield from (skipped(what, "--settings") for what in ELSEWHERE)


def mistakes(error: OversightError, what: str = "settings") -> Iterator[Diagnosis]:
    """What is wrong with files, each mistake with its place and its mend."""
    if not isinstance(error, BadSettings):
        yield Diagnosis(what=what, state=Soundness.FAIL, detail=str(error.args[0]), mend=error.mend)
        return
    for one in error.problems:
        yield Diagnosis(
            what=what,
            state=Soundness.FAIL,
            detail=one.message,
            mend=one.mend,
            code=one.code,
            file=one.file,
            line=one.line,
            column=one.column,
        )


def addressees(brands: Mapping[str, Brand]) -> Diagnosis:
    """Whether there is a brand, and whether its mail reaches somebody."""
    if not brands:
        detail, mend = "no brand is configured", "Run `oversight init`."
        return Diagnosis(what="settings", state=Soundness.FAIL, detail=detail, mend=mend)
    fake = [b.brand for b in brands.values() if any(p.email == PLACEHOLDER_EMAIL for p in b.people)]
    if fake:
        detail = f"{fake[0]} still mails {PLACEHOLDER_EMAIL}"
        mend = f"Put the owner's address into brands/{fake[0]}.yaml."
        return Diagnosis(what="settings", state=Soundness.FAIL, detail=detail, mend=mend, code="placeholder")
    return Diagnosis(what="settings", state=Soundness.OK, detail=f"brands: {', '.join(sorted(brands))}")


def of_brand(brand: Brand, home: Path, file: str) -> Iterator[Diagnosis]:
    """What one brand's settings mean, and whether its rules load and get what they ask for."""
    yield _hours(brand, file)
    try:
        engine = engine_for(brand, home)
    except OversightError as error:
        yield from mistakes(error, "policies")
        return
    rules = len(engine.rulebook.in_force)
    yield Diagnosis(
        what="policies", state=Soundness.OK, detail=f"{rules} rules of {brand.brand} are in force"
    )
    yield from _pictures(brand, engine)
    yield from _campaigns(brand, engine, file)


def _hours(brand: Brand, file: str) -> Diagnosis:
    """Which days count, said in words, since a day that is not named is closed only where others have hours."""
    named = {day for day, openings in brand.hours.items() if openings}
    if not named:
        closed = [day for day in WEEKDAYS if day in brand.hours]
        detail = "round the clock" + (f", save {', '.join(closed)}" if closed else "")
        return Diagnosis(what="hours", state=Soundness.OK, detail=detail)
    silent = [day for day in WEEKDAYS if day not in brand.hours]
    if not silent:
        return Diagnosis(what="hours", state=Soundness.OK, detail=f"open on {len(named)} days a week")
    return Diagnosis(
        what="hours",
        state=Soundness.OK if {*silent} <= {"sat", "sun"} else Soundness.WARN,
        detail=f"{', '.join(silent)} are not named under `hours`, so they count as closed",
        mend=f"Write `{silent[0]}: closed`, or when it opens.",
        file=file,
        code="closed-by-silence",
    )


def _pictures(brand: Brand, engine: Engine) -> Iterator[Diagnosis]:
    """The extra that reads pictures, where a rule needs it."""
    if Need.PICTURES not in engine.needs:
        return
    if installed():
        detail = "the reader of words in pictures is installed"
        yield Diagnosis(what="pictures", state=Soundness.OK, detail=detail)
        return
    detail = f"a rule of {brand.brand} asks what stands in pictures, and nothing here reads them"
    mend = f"Run {INSTALL}, then restart the service."
    yield Diagnosis(what="pictures", state=Soundness.FAIL, detail=detail, mend=mend)


def _campaigns(brand: Brand, engine: Engine, file: str) -> Iterator[Diagnosis]:
    """Rules for campaigns that brand.yaml does not have: they never find anything."""
    known = {campaign.name for campaign in brand.campaigns}
    for loaded in engine.rulebook.in_force:
        if missing := sorted(set(loaded.rule.applies.campaign) - known):
            detail = f"the rule {loaded.id} is for {', '.join(missing)}, which {brand.brand} does not have"
            mend = f"Put it under `campaigns` in {file}, or retire the rule."
            yield Diagnosis(what="campaigns", state=Soundness.FAIL, detail=detail, mend=mend, file=file)
