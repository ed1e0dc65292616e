"""Who is on the roster of a brand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Role(StrEnum):
    """What somebody is to the business."""

    OWNER = "owner"
    STAFF = "staff"
    AGENCY = "agency"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody on the roster."""

    id: str  #: short name, unique within the brand
    name: str  #: as clients know them
    role: Role
    email: str | None = None  #: where mail and links for them go
    marks: tuple[str, ...] = ()  #: how they sign answers, for instance ``^TK``
    met_on: date | None = None  #: when the owner introduced them to clients
    accounts: tuple[str, ...] = ()  #: as whom platforms show them, for instance ``facebook/Maya Lindqvist``
