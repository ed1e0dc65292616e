"""brand.yaml: one business under oversight."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from bot.ports import AccountRef
from bot.settings.accounts import Account, AnyAccount
from bot.settings.fields import BrandPart, Clock, Email, Identifier, Language, Openings, TimeZone
from bot.words import ENGLISH
from policies.campaigns import Campaign
from policies.durations import Duration
from policies.model.hours import ALWAYS, BusinessHours
from policies.model.people import Person, Role
from policies.shipped import DEFAULT_PACKS

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
    met_on: date | None = Field(None, description="When the owner introduced them to clients")

    def value(self) -> Person:
        """The roster entry as the rooms below know it."""
        return Person(
            id=self.id, name=self.name, role=self.role, email=self.email, marks=self.marks, met_on=self.met_on
        )


class Holidays(BrandPart):
    """Days on which nobody answers."""

    country: str | None = Field(
        None, description="ISO 3166 code whose public holidays count, for instance US"
    )
    region: str | None = Field(None, description="State or province within the country, for instance ME")
    extra: tuple[date, ...] = ()

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.country:
            try:
                _public(self.country, self.region)
            except NotImplementedError as error:
                raise ValueError(
                    f"no public holidays are known for {self.country} {self.region or ''}"
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
    since: date | None = Field(None, alias="from", description="First local date; every date where left out")
    until: date | None = Field(None, description="Last local date")
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
        {}, description="Opening hours by weekday, '09:00-17:30' or a list; empty means round the clock"
    )
    holidays: Holidays = Holidays()
    answer_within: Duration = Field(
        timedelta(hours=2), description="How soon clients are promised an answer, in opening hours"
    )
    accounts: tuple[AnyAccount, ...] = Field((), description="Profiles to pull; may be empty for imports")
    people: tuple[PersonEntry, ...] = Field(min_length=1)
    campaigns: tuple[CampaignEntry, ...] = Field((), description="What is advertised, and when")
    policies: tuple[str, ...] = Field(
        DEFAULT_PACKS, description="Names of shipped packs, or folders seen from the home folder"
    )
    digest: DigestTimes = DigestTimes()

    @model_validator(mode="before")
    @classmethod
    def _no_twins(cls, data: Any) -> Any:
        if isinstance(data, dict):
            _refuse_twins(data.get("people"), "people", lambda entry: entry.get("id"))
            _refuse_twins(
                data.get("accounts"), "accounts", lambda entry: (entry.get("platform"), entry.get("handle"))
            )
        return data

    @model_validator(mode="after")
    def _someone_reads(self) -> Self:
        known = {person.id: person for person in self.people}
        unknown = [name for name in self.digest.to if name not in known]
        if unknown:
            raise ValueError(f"digest.to names {', '.join(unknown)}, who is not under people")
        if not self.recipients():
            raise ValueError("nobody can read the digest; give the owner an email")
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The brand's time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def owner(self) -> PersonEntry:
        """The first owner on the roster, or whoever gets the digest where none is named."""
        owners = [person for person in self.people if person.role is Role.OWNER]
        return (owners or list(self.recipients()))[0]

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
        """Opening hours with the public holidays around this time."""
        if not any(self.hours.values()):
            return replace(ALWAYS, zone=self.zone)
        week = {WEEKDAYS.index(day): openings for day, openings in self.hours.items()}
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
        return tuple(home / name if "/" in name or "\\" in name else name for name in self.policies)


def _refuse_twins(entries: object, where: str, identity: Any) -> None:
    seen: set[object] = set()
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict):
            name = identity(entry)
            if name in seen:
                raise ValueError(f"{name!r} stands twice under {where}; each may stand once")
            seen.add(name)
