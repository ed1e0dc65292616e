"""What the fields of brand.yaml are made of: clocks, opening hours, short names."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time
from typing import Annotated, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, WithJsonSchema

from bot.addresses import read_address
from bot.words import languages
from policies.model.hours import Opening

_CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")


def _clock(value: object) -> object:
    if isinstance(value, str):
        match = _CLOCK.fullmatch(value.strip())
        if not match or (match[1] == "24" and match[2] != "00"):
            raise ValueError(f"{value!r} is no time of day; write it in quotes like '07:30'")
        return time(int(match[1]) % 24, int(match[2]))
    if not isinstance(value, time):  # 18 would be taken for seconds since midnight
        raise ValueError(f"{value!r} is no time of day; write it in quotes like '07:30'")
    return value


def _opening(value: object) -> Opening:
    parts = [part.strip() for part in re.split("[-–—]", str(value))]
    if len(parts) != 2:
        raise ValueError(f"{value!r} are no opening hours; write them like '09:00-17:30'")
    if parts[0] == parts[1] or parts[0].startswith("24"):
        raise ValueError(f"{value!r} opens when it closes; write the whole day as '00:00-24:00'")
    opens, closes = (cast("time", _clock(part)) for part in parts)
    return opens, closes


def _day(value: object) -> object:
    """A date in the one form that cannot be misread. Numbers would be taken for seconds since 1970."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value.strip() if isinstance(value, str) else "")
    except ValueError:
        raise ValueError(f"{value!r} is no date; write it in quotes like '2026-12-24'") from None


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


def _language(value: str) -> str:
    if value not in languages():
        raise ValueError(f"there are no words in {value!r} yet; there are some in {', '.join(languages())}")
    return value


def _shaped(pattern: str, complaint: str) -> Callable[[str], str]:
    """A validator that says in words what a pattern asks for."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(f"{value!r} {complaint}")
        return value

    return check


def _email(value: str) -> str:
    if "." not in read_address(value).host:
        raise ValueError(f"{value!r} is no e-mail address; write it like name@example.com")
    return value


KeyName = Annotated[
    str,
    AfterValidator(_shaped(r"[A-Z][A-Z0-9_]*", "is no name for keys; write it like BAKERY")),
    WithJsonSchema({"type": "string", "pattern": "^[A-Z][A-Z0-9_]*$"}),
]
Day = Annotated[date, BeforeValidator(_day, json_schema_input_type=str)]
Clock = Annotated[time, BeforeValidator(_clock, json_schema_input_type=str)]
Language = Annotated[str, AfterValidator(_language)]
TimeZone = Annotated[str, AfterValidator(_zone)]
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
    AfterValidator(_email),
    WithJsonSchema({"type": "string", "format": "email"}),
]


class BrandPart(BaseModel):
    """What all parts of brand.yaml share: frozen, and unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")
