"""brand.yaml: one business under oversight."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays as public_holidays
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)

from bot.ports import AccountRef
from policies.loader import DEFAULT_PACKS
from policies.model.hours import ALWAYS, BusinessHours, Opening
from policies.model.people import Person, Role

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOLIDAY_YEARS = 3  #: how many years of public holidays are looked up, from the year before this one
_DURATION = re.compile(r"(?:(\d+)d)?\s*(?:(\d+)h)?\s*(?:(\d+)m)?")
_CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")


def _duration(value: object) -> object:
    if isinstance(value, str):
        match = _DURATION.fullmatch(value.strip())
        if not match or not any(match.groups()):
            raise ValueError(f"{value!r} is no length of time; write it like 30m, 2h or 1d")
        days, hours, minutes = (int(part or 0) for part in match.groups())
        return timedelta(days=days, hours=hours, minutes=minutes)
    return value


def _clock(value: object) -> object:
    if isinstance(value, str):
        match = _CLOCK.fullmatch(value.strip())
        if not match or (match[1] == "24" and match[2] != "00"):
            raise ValueError(f"{value!r} is no time of day; write it in quotes like '07:30'")
        return time(int(match[1]) % 24, int(match[2]))
    return value


def _opening(value: object) -> Opening:
    parts = str(value).split("-")
    if len(parts) != 2:
        raise ValueError(f"{value!r} are no opening hours; write them like '09:00-17:30'")
    opens, closes = (_clock(part.strip()) for part in parts)
    if not isinstance(opens, time) or not isinstance(closes, time):
        raise ValueError(f"{value!r} are no opening hours; write them like '09:00-17:30'")
    return opens, closes


def _openings(value: object) -> object:
    if value in (None, "closed", []):
        return ()
    return tuple(_opening(item) for item in (value if isinstance(value, list) else [value]))


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"there is no time zone {value!r}; write one like Europe/Berlin") from None
    return value


def _handle(value: str) -> str:
    handle = value.strip().removeprefix("@").removeprefix("u/")
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", handle):
        raise ValueError(f"{value!r} is no handle; write the name that stands in the profile's address")
    return handle


def _shaped(pattern: str, complaint: str) -> Callable[[str], str]:
    """A validator that says in words what a pattern asks for."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(f"{value!r} {complaint}")
        return value

    return check


KeyName = Annotated[
    str,
    AfterValidator(_shaped(r"[A-Z][A-Z0-9_]*", "is no name for keys; write it like BAKERY")),
    WithJsonSchema({"type": "string", "pattern": "^[A-Z][A-Z0-9_]*$"}),
]
Duration = Annotated[
    timedelta,
    BeforeValidator(_duration, json_schema_input_type=str),
    Field(description="A length of time such as 30m, 2h or 1d"),
]
Clock = Annotated[time, BeforeValidator(_clock, json_schema_input_type=str)]
Openings = Annotated[
    tuple[Opening, ...], BeforeValidator(_openings, json_schema_input_type=str | list[str] | None)
]
IDENTIFIER = r"[a-z0-9][a-z0-9_-]{0,39}"  #: short names of brands and people
Identifier = Annotated[
    str,
    AfterValidator(_shaped(IDENTIFIER, "is no short name; use small letters, digits, - and _")),
    WithJsonSchema({"type": "string", "pattern": f"^{IDENTIFIER}$"}),
]
Email = Annotated[
    str,
    AfterValidator(_shaped(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+", "is no e-mail address")),
    WithJsonSchema({"type": "string", "format": "email"}),
]


class Part(BaseModel):
    """What all parts of brand.yaml share: frozen, and unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SecondLooks(Part):
    """When known posts are looked at again for edits and deletions."""

    same_day: bool = Field(
        True, description="Look once more before midnight UTC, while X charges nothing for it (default: yes)"
    )
    after: tuple[Duration, ...] = Field(
        (timedelta(days=7),),
        description="Ages at which each post is read once more; on X each costs one further read per post",
    )


class Account(Part):
    """One profile that we watch on one platform."""

    platform: Literal["x", "reddit"]
    handle: Annotated[str, AfterValidator(_handle)]
    credentials: KeyName | None = Field(
        None, description="BAKERY reads X_BAKERY_BEARER_TOKEN and so on instead of X_BEARER_TOKEN"
    )
    every: Duration = Field(timedelta(minutes=15), description="How often it is pulled")
    first_days: int = Field(30, ge=1, le=365, description="How far back the first pull goes, in days")
    monthly_budget: float | None = Field(
        None, ge=0, description="US dollars a month for the platform's API; pulling stops before it is passed"
    )
    owned: bool = Field(True, description="Whether this account owns the developer app (X charges less then)")
    author_names: bool = Field(
        False, description="X: show customers by name; X charges for each profile that it sends along"
    )
    subreddits: tuple[str, ...] = Field((), description="Reddit: communities whose comments are read too")
    look_again: SecondLooks = SecondLooks()

    @property
    def key(self) -> tuple[str, str]:
        """Platform and handle."""
        return self.platform, self.handle


class PersonEntry(Part):
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


class Holidays(Part):
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
                public_holidays.country_holidays(self.country, subdiv=self.region)
            except NotImplementedError as error:
                raise ValueError(
                    f"no public holidays are known for {self.country} {self.region or ''}"
                ) from error
        return self

    def dates(self, years: range) -> frozenset[date]:
        """Local dates of the given years on which the business is closed."""
        if not self.country:
            return frozenset(self.extra)
        public = public_holidays.country_holidays(self.country, subdiv=self.region, years=years)
        return frozenset(public) | frozenset(self.extra)


class DigestPlan(Part):
    """When and to whom the digest goes."""

    times: tuple[Clock, ...] = Field((time(7, 30),), min_length=1, description="Local times of day")
    days: tuple[Weekday, ...] = Field(default=WEEKDAYS, min_length=1)
    to: tuple[str, ...] = Field((), description="Ids of people; empty means the owners")


class Brand(Part):
    """One business under oversight."""

    brand: Identifier = Field(description="Short name, used on the command line; never changes")
    name: str = Field(min_length=1, max_length=120, description="As clients know it")
    time_zone: Annotated[str, AfterValidator(_zone)]
    hours: dict[Weekday, Openings] = Field(
        {}, description="Opening hours by weekday, '09:00-17:30' or a list; empty means round the clock"
    )
    holidays: Holidays = Holidays()
    answer_within: Duration = Field(
        timedelta(hours=2), description="How soon clients are promised an answer, in opening hours"
    )
    accounts: tuple[Account, ...] = Field((), description="Profiles to pull; may be empty for imports")
    people: tuple[PersonEntry, ...] = Field(min_length=1)
    policies: tuple[str, ...] = Field(
        DEFAULT_PACKS, description="Names of shipped packs, or folders seen from the home folder"
    )
    digest: DigestPlan = DigestPlan()

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
            return ALWAYS
        week = {WEEKDAYS.index(day): openings for day, openings in self.hours.items()}
        years = range(now.year - 1, now.year - 1 + HOLIDAY_YEARS)
        return BusinessHours(zone=self.zone, week=week, holidays=self.holidays.dates(years))

    def account_refs(self) -> tuple[AccountRef, ...]:
        """The accounts as connectors know them."""
        return tuple(self.account_ref(account) for account in self.accounts)

    def account_ref(self, account: Account) -> AccountRef:
        """One account as connectors know it."""
        options = account.model_dump(
            include={"owned", "subreddits", "first_days", "credentials", "author_names"}
        )
        return AccountRef(brand=self.brand, platform=account.platform, handle=account.handle, options=options)

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
