"""A platform as one value: all that the rest of the program knows of it.

A site's ``site.py`` stands at the bottom of its folder: connector, client and loopback server may read it, and it
imports none of them, so that settings, letters and pages learn about a platform without its SDK.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from importlib import import_module

from pydantic import BaseModel, ConfigDict, Field

from bot.connectors.shared.limits import Limits
from bot.ports import Connector
from bot.secrets import Secrets

MICRO = 1_000_000  #: millionths of a dollar in a dollar


class Options(BaseModel):
    """Base of a site's own entries under ``accounts`` in brand.yaml; the shared ones stand in the settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Prices(BaseModel):
    """What a platform charges for reading, US dollars for each resource and UTC day."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    post: float = Field(0, ge=0, description="US dollars {site} charges for reading another's post")
    owned: float = Field(0, ge=0, description="US dollars {site} charges for reading an own post")
    user: float = Field(0, ge=0, description="US dollars {site} charges for reading a profile")

    def micro(self, resource: str, *, owned: bool) -> int:
        """Millionths of a dollar for one resource, ``post`` or ``user``."""
        dollars = self.user if resource == "user" else self.owned if owned else self.post
        return round(dollars * MICRO)


FREE = Prices()


@dataclass(frozen=True, slots=True, kw_only=True)
class Handles:
    """How the names of accounts look. A handle is kept without what people write in front of it."""

    pattern: str = r"[A-Za-z0-9_.-]{1,64}"  #: of the whole handle
    before: tuple[str, ...] = ("@",)  #: what people may write in front; the first is how it is shown
    called: str = "Handle"  #: what the platform calls it, for questions
    hint: str = "write the name that stands in the profile's address"  #: where to find it

    def parse(self, text: str) -> str:
        """The handle in what somebody typed. Raises ValueError, in words, for what is none."""
        handle = self.bare(text)
        if not re.fullmatch(self.pattern, handle):
            raise ValueError(f"{text!r} is no handle; {self.hint}")
        return handle

    def bare(self, text: str) -> str:
        """What somebody typed, without what stands in front of the handle."""
        typed = text.strip()
        return typed.removeprefix(next((front for front in self.before if typed.startswith(front)), ""))

    def show(self, handle: str) -> str:
        """As people read it: ``@handle``, ``u/handle``."""
        return f"{self.before[0]}{handle}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One list of an account that is pulled separately."""

    name: str
    inbound: bool = False  #: whether others speak in it
    window: int | None = None  #: newest posts that the platform serves at all; None where nothing is known


class Tried(StrEnum):
    """Against what a connector has been tried, the weakest first."""

    RECORDED = "recorded"  #: the platform's own answers, recorded
    LOOPBACK = "loopback"  #: a server of ours that answers as the platform documents
    REAL_SERVER = "real-server"  #: the platform's own software


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Everything that is known of one platform. Its folder holds `login.connect` and `fake.FAKE` beside it."""

    folder: str  #: package that it stands in
    name: str  #: in brand.yaml and the store; small letters
    title: str  #: as the platform writes its own name
    address: str  #: of the API; whoever asks there gets a Date
    handles: Handles = Handles()
    keys: type[Secrets]  #: read from the environment under `prefix`
    keys_hint: str  #: which keys are enough, and how to get them
    options: type[Options] = Options
    streams: tuple[Stream, ...]  #: those that every account has; an account's options may add some
    prices: Prices = FREE  #: unless the environment says otherwise
    every: timedelta = timedelta(
        minutes=15
    )  #: how often an account is pulled unless brand.yaml says otherwise
    edits_for: timedelta | None = None  #: how long after publishing a post can change; None is for ever
    permalink: str | None = None  #: of a post, with ``{author}`` and ``{id}``; None where posts bring theirs
    # What is seen there, and how sure we are:
    deletions: bool = True  #: whether a deletion shows
    private: bool = False  #: whether private messages are read
    #: fields of a post as it was sent, parted by dots, that are true where the platform shows it as paid or promoted
    paid_marks: tuple[str, ...] = ()
    names_author: bool = False  #: whether it says who at the agency published
    tried: Tried = Tried.LOOPBACK
    days_to_key: int | None = None  #: days until new keys work; None where nobody can say
    keep_days: int | None = None  #: how long others' words may be kept; None where no number is given

    @property
    def ads(self) -> bool:
        """Whether paid posts are told apart."""
        return bool(self.paid_marks)

    @property
    def prefix(self) -> str:
        """What the names of its keys begin with in the environment, for instance ``X_``."""
        return f"{self.name.upper()}_"

    def connect(self, keys: Secrets, *, limits: Limits | None = None) -> Connector:
        """A connector with these keys. Raises `TokenDead` where they do not suffice."""
        # By name and late: the SDKs are slow to import, and whoever asks for a title needs none.
        made: Connector = import_module(f"{self.folder}.login").connect(keys, limits=limits)
        return made
