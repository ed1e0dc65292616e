"""brand.yaml: one business under oversight."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from bot.ports import AccountRef
from bot.settings.accounts import Account, AnyAccount
from bot.settings.fields import BrandPart, Clock, Day, Email, Identifier, Language, Openings, TimeZone
from bot.words import ENGLISH
from policies.campaigns import Campaign
from policies.durations import Duration
from policies.located_yaml import Loc, complaint, did_you_mean
from policies.model.hours import ALWAYS, BusinessHours
from policies.model.people import Person, Role
from policies.platforms import ANONYMOUS, PLATFORMS
from policies.shipped import DEFAULT_PACKS, shipped_packs

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOLIDAY_YEARS = 3  #: how many years of public holidays are looked up, from the year before this one


class PersonEntry(BrandPart):
    """Somebody on the roster."""

    id: Identifier
    name: str = Field(min_length=1, max_length=120)
    role: Role
    email: Email | None = None
    marks: tuple[str, ...] = Field((), description="How they sign answers, for instance ^TK")
    accounts: dict[str, str] = Field(
        {},
        description="Their own names on platforms that say who wrote, for instance facebook: Maya Lindqvist",
    )
    met_on: Day | None = Field(None, description="When the owner introduced them to clients")

    def value(self) -> Person:
        """The roster entry as the rooms below know it."""
        return Person(
            id=self.id,
            name=self.name,
            role=self.role,
            email=self.email,
            marks=self.marks,
            met_on=self.met_on,
            accounts=tuple(f"{platform}/{name}" for platform, name in self.accounts.items()),
        )

    @field_validator("accounts")
    @classmethod
    def _may_be_matched(cls, accounts: dict[str, str]) -> dict[str, str]:
        for platform in accounts:
            if platform not in PLATFORMS:
                raise ValueError(f"there is no platform {platform!r}; {did_you_mean(platform, PLATFORMS)}")
            if platform in ANONYMOUS:
                raise ValueError(f"{platform} forbids to say who stands behind an account; sign with a mark")
        return accounts


_NOBODY = PersonEntry(id="owner", name="-", role=Role.OWNER)


class Holidays(BrandPart):
    """Days on which nobody answers."""

    country: str | None = Field(
        None, description="ISO 3166 code whose public holidays count, for instance US"
    )
    region: str | None = Field(None, description="State or province within the country, for instance ME")
    extra: tuple[Day, ...] = ()

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.region and not self.country:
            raise ValueError("a region says nothing without its country; add `country:`")
        if self.country:
            try:
                _public(self.country, self.region)
            except NotImplementedError as error:
                raise ValueError(
                    f"no public holidays are known for {' '.join(filter(None, (self.country, self.region)))};"
                    " write codes of ISO 3166 such as US and ME"
                ) from error
        return self

    def dates(self, years: range) -> frozenset[date]:
        """Local dates of the given years on which the business is closed."""
        if not self.country:
            return frozenset(self.extra)
        return frozenset(_public(self.country, self.region, years)) | frozenset(self.extra)


class CampaignEntry(BrandPart):
    """Something that the brand advertises for a while, so that rules can be for its posts alone."""

    name: str = Field(min_length=1, max_length=120, description="As rules name it under applies.campaign")
    since: Day | None = Field(None, alias="from", description="First local date; every date where left out")
    until: Day | None = Field(None, description="Last local date")
    hashtags: tuple[str, ...] = Field((), description="A post with one of these belongs to it")
    links: tuple[str, ...] = Field((), description="A link with one of these as utm_campaign belongs to it")
    sources: tuple[str, ...] = Field(
        (), description="What one of these posting tools publishes belongs to it"
    )

    @model_validator(mode="after")
    def _told_by_something(self) -> Self:
        if not (self.hashtags or self.links or self.sources):
            raise ValueError("nothing tells its posts; give hashtags, links or sources")
        if self.since and self.until and self.until < self.since:
            raise ValueError("`until` lies before `from`, so no post would belong to it")
        return self

    def value(self) -> Campaign:
        """The campaign as the rooms below know it."""
        return Campaign(
            name=self.name,
            hashtags=self.hashtags,
            links=self.links,
            sources=self.sources,
            since=self.since,
            until=self.until,
        )


def _public(country: str, region: str | None, years: range | None = None) -> Collection[date]:
    """Public holidays. Raises NotImplementedError for places of which none are known."""
    from holidays import country_holidays  # slow to import, and most brands name no country

    return country_holidays(country, subdiv=region, years=years)


class DigestTimes(BrandPart):
    """When and to whom the digest goes."""

    times: tuple[Clock, ...] = Field((time(7, 30),), min_length=1, description="Local times of day")
    days: tuple[Weekday, ...] = Field(default=WEEKDAYS, min_length=1)
    to: tuple[str, ...] = Field((), description="Ids of people; empty means the owners")


class Brand(BrandPart):
    """One business under oversight."""

    brand: Identifier = Field(description="Short name, used on the command line; never changes")
    name: str = Field(min_length=1, max_length=120, description="As clients know it")
    time_zone: TimeZone
    language: Language = Field(ENGLISH, description="What mails and pages are written in")
    hours: dict[Weekday, Openings] = Field(
        {},
        description="Opening hours by weekday, '09:00-17:30', a list or closed. A day that is not named is "
        "closed where another has hours, and else round the clock",
    )
    holidays: Holidays = Holidays()
    answer_within: Duration = Field(
        timedelta(hours=2), description="How soon clients are promised an answer, in opening hours"
    )
    fix_days: int = Field(
        1, ge=1, le=30, description="Business days after which a fix that was claimed and not seen is overdue"
    )
    accounts: tuple[AnyAccount, ...] = Field((), description="Profiles to pull; may be empty for imports")
    people: tuple[PersonEntry, ...] = Field(min_length=1)
    campaigns: tuple[CampaignEntry, ...] = Field((), description="What is advertised, and when")
    policies: tuple[str, ...] = Field(
        DEFAULT_PACKS, description="Names of shipped packs, or folders seen from the home folder"
    )
    digest: DigestTimes = DigestTimes()

    @field_validator("hours")
    @classmethod
    def _open_at_all(cls, hours: dict[Weekday, Openings]) -> dict[Weekday, Openings]:
        if len(hours) == len(WEEKDAYS) and not any(hours.values()):
            raise ValueError("no day is open; name opening hours, like mon: '09:00-17:30'")
        return hours

    @model_validator(mode="after")
    def _no_twins(self) -> Self:
        people = [(person.id, ("people", n, "id")) for n, person in enumerate(self.people)]
        accounts = [
            (f"{account.platform}/{account.handle.casefold()}", ("accounts", n, "handle"))
            for n, account in enumerate(self.accounts)
        ]
        marks = [
            (mark.strip().casefold(), ("people", n, "marks", place))
            for n, person in enumerate(self.people)
            for place, mark in enumerate(person.marks)
        ]
        packs = [(name, ("policies", n)) for n, name in enumerate(self.policies)]
        times = [(f"{at:%H:%M}", ("digest", "times", n)) for n, at in enumerate(self.digest.times)]
        for named in (people, accounts, marks, packs, times):
            _refuse_twins(named)
        return self

    @model_validator(mode="after")
    def _someone_reads(self) -> Self:
        known = {person.id for person in self.people}
        for place, name in enumerate(self.digest.to):
            if name not in known:
                raise complaint(
                    f"digest.to names {name}, who is not under people; {did_you_mean(name, known)}",
                    ("digest", "to", place),
                )
        if not self.recipients():
            raise complaint("nobody can read the digest; give the owner an email", ("people",))
        return self

    @property
    def stale_after(self) -> timedelta:
        """Age of the last whole pull from which some account of the brand was not read."""
        return max((account.stale_after for account in self.accounts), default=timedelta(hours=4))

    @property
    def zone(self) -> ZoneInfo:
        """The brand's time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def owner(self) -> PersonEntry:
        """The first owner on the roster, or whoever gets the digest where none is named.

        Where the file has lost both while the service runs, an owner without an address: nobody is mailed.
        """
        owners = [person for person in self.people if person.role is Role.OWNER]
        return next(iter((*owners, *self.recipients())), _NOBODY)

    def recipients(self) -> tuple[PersonEntry, ...]:
        """Who gets the digest and the alerts: people with an e-mail address."""
        wanted = [
            person
            for person in self.people
            if (person.id in self.digest.to if self.digest.to else person.role is Role.OWNER)
        ]
        return tuple(person for person in wanted if person.email)

    def roster(self) -> tuple[Person, ...]:
        """The people as values."""
        return tuple(person.value() for person in self.people)

    def business_hours(self, now: datetime) -> BusinessHours:
        """Opening hours without the public holidays around this time.

        Where no day has hours, those that are not named are open round the clock.
        """
        named = {WEEKDAYS.index(day): openings for day, openings in self.hours.items()}
        week = named if any(named.values()) else {**ALWAYS.week, **named}
        years = range(now.year - 1, now.year - 1 + HOLIDAY_YEARS)
        return BusinessHours(zone=self.zone, week=week, holidays=self.holidays.dates(years))

    def account_refs(self) -> tuple[AccountRef, ...]:
        """The accounts as connectors know them."""
        return tuple(self.account_ref(account) for account in self.accounts)

    def account_ref(self, account: Account) -> AccountRef:
        """One account as connectors know it."""
        return AccountRef(
            brand=self.brand, platform=account.platform, handle=account.handle, options=account.options()
        )

    def packs(self, home: Path) -> tuple[str | Path, ...]:
        """Names of shipped packs, and paths of the owner's own."""
        shipped = shipped_packs()
        return tuple(name if name in shipped else home / name for name in self.policies)

    def unknown_packs(self, home: Path) -> tuple[int, ...]:
        """Which of `policies` are neither shipped nor a folder or file of the owner's."""
        packs = self.packs(home)
        return tuple(n for n, pack in enumerate(packs) if isinstance(pack, Path) and not pack.exists())


def _refuse_twins(named: Iterable[tuple[str, Loc]]) -> None:
    """Complain of the first name that stands twice, at its second place."""
    seen: set[str] = set()
    for name, at in named:
        if name in seen:
            raise complaint(f"{name!r} stands twice under {at[0]}; each may stand once", at)
        seen.add(name)
