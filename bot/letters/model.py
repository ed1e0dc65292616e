"""What a digest is made from, and the letter that comes out: frozen values without any layout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from policies.model.cases.machinery import WaitsFor
from policies.model.coverage import Unchecked
from policies.model.keys import PostKey
from storage.limits import KeptLimits
from storage.views import CaseView, FoundAt, Spent, StoredPost, StreamHealth

DESK = "desk"  #: purpose of a link to all that waits for the owner


class ReadersLink(Protocol):
    """Makes a signed link for the person who gets the mail."""

    def __call__(self, purpose: str, case: int | None = None) -> str:
        """The address; ``case`` is the case that it begins at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The period in numbers."""

    published: int = 0  #: posts and replies published as the brand
    flagged: int = 0  #: those of them with a finding at warn or above
    inbound: int = 0  #: messages from customers
    answered: int = 0  #: conversations that got their first answer
    median_answer: timedelta | None = None  #: business time to that answer, None where nothing was answered
    settled: int = 0  #: cases closed in the period
    in_owners_name: int = 0  #: published with the mark of an owner on the roster

    @property
    def clean(self) -> int:
        """Published without a finding at warn or above."""
        return max(self.published - self.flagged, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFigures:
    """One bar of the chart."""

    date: date  #: UTC date
    outbound: int
    inbound: int
    findings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSpend:
    """API money of one account against its budget."""

    spent: Spent
    budget: int | None = None  #: millionths of a US dollar a month, None where unlimited


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRecord:
    """What the owner's decisions say of one rule."""

    title: str  #: the rule in a few words
    right: int  #: findings of the last month that the owner called right
    wrong: int  #: findings of the last month that the owner called false alarms
    ever: int  #: findings that the owner ever decided on
    wrong_ever: int  #: those of them that were false alarms
    cries_wolf: bool  #: whether it is mostly wrong here (`policies.shares`)


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestInput:
    """Everything a digest needs, gathered from the store by a job."""

    brand: str  #: name of the business, as people say it
    owner: str  #: name of the reader
    zone: ZoneInfo  #: the brand's
    since: datetime  #: UTC, start of the period
    until: datetime  #: UTC, end of the period; also the date of the mail
    figures: Figures = Figures()
    cases: tuple[CaseView, ...] = ()  #: open ones, worst first, then oldest; may be cut
    questions: tuple[CaseView, ...] = ()  #: asked since the last digest and not answered
    questions_older: int = 0  #: asked before that and not answered
    case_counts: Mapping[WaitsFor, int] = field(default_factory=dict)  #: all, also those that were cut
    warnings: tuple[tuple[FoundAt, StoredPost], ...] = ()  #: warn and above, worst first; may be cut
    warning_count: int = 0  #: all of them, also those that were cut
    settled: tuple[CaseView, ...] = ()  #: closed in the period, worst first; may be cut
    samples: tuple[StoredPost, ...] = ()  #: posts without a finding, picked at random
    unchecked: tuple[Unchecked, ...] = ()
    health: tuple[StreamHealth, ...] = ()
    stale_after: timedelta = timedelta(hours=6)  #: age of the last whole pull from which an account is stale
    spend: tuple[AccountSpend, ...] = ()
    days: tuple[DayFigures, ...] = ()  #: oldest first
    mood: str = ""  #: one sentence on how customers sounded; empty where nothing was read
    limits: tuple[KeptLimits, ...] = ()  #: every change in the period, the newest first
    floods: tuple[tuple[str, int, int], ...] = ()  #: title of a rule that finds so many of so many posts
    rules: tuple[RuleRecord, ...] = ()  #: decided on last month; only in the first digest of a month
    notices: tuple[str, ...] = ()  #: about the service itself, for instance a mail that may be lost


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotePart:
    """A stretch of a quote."""

    text: str
    marked: bool = False  #: these words matched


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """An excerpt of a post, safe to show."""

    parts: tuple[QuotePart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A link to press."""

    label: str
    url: str  #: http(s)
    main: bool = False  #: the one to press first


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing to read in a section."""

    title: str
    tag: str = ""  #: a word above the title, for instance ``Urgent``
    tone: str = "plain"  #: colour: ``critical``, ``breach``, ``warn``, ``good`` or ``plain``
    meta: str = ""  #: who and when
    quote: Quote | None = None
    lines: tuple[str, ...] = ()
    buttons: tuple[Button, ...] = ()
    post: PostKey | None = None  #: what it is about; not shown
    others: tuple[PostKey, ...] = ()  #: further posts that it tells of; not shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A small table; the first column is text, the others numbers."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of a letter."""

    title: str
    intro: str = ""
    entries: tuple[Entry, ...] = ()
    more: int = 0  #: entries that are not listed here
    more_where: str = ""  #: where they are, for instance ``in your queue``
    more_link: Button | None = None
    unlisted: str = ""  #: what they are, said where no entry is listed
    table: Table | None = None
    notes: tuple[str, ...] = ()  #: what needs one line each


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """A number at the top."""

    number: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars by day, with what they say in words."""

    days: tuple[DayFigures, ...]
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail to the owner before it has a layout. All its text is safe to show."""

    brand: str
    subject: str
    summary: str  #: what happened and what is asked, one sentence: preheader and first line
    period: str
    button: Button | None = None  #: where to begin
    headlines: tuple[Headline, ...] = ()
    sections: tuple[Section, ...] = ()
    chart: Chart | None = None
    chart_table: Table | None = None
    footer: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[PostKey, ...]:
        """The posts that it tells of, in the order in which it does."""
        entries = [entry for section in self.sections for entry in section.entries]
        told = [post for entry in entries for post in (entry.post, *entry.others)]
        return tuple(dict.fromkeys(post for post in told if post))
