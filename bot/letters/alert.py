"""The mail about critical findings, all that wait in one message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.letters.entries import case_entry
from bot.letters.model import DESK, Button, Letter, ReadersLink, Section
from bot.letters.untrusted import header, name
from bot.words import figures, say
from storage.views import CaseView

_MOST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertInput:
    """Everything an alert needs."""

    brand: str  #: name of the business, as people say it
    owner: str  #: name of the reader
    zone: ZoneInfo  #: the brand's
    now: datetime  #: UTC, date of the mail
    cases: tuple[CaseView, ...]  #: with critical findings that nobody was mailed about
    link: ReadersLink  #: signs addresses for the reader


def build_alert(given: AlertInput) -> Letter:
    """One letter for all waiting cases, worst first as given."""
    many = len(given.cases)
    shown = given.cases[:_MOST]
    desk = Button(label=say("digest.open"), url=given.link(DESK), main=True)
    return Letter(
        brand=name(given.brand),
        subject=header(say("alert.subject", many, brand=header(given.brand, 60))),
        summary=say("alert.summary", many),
        period=figures.zoned(figures.moment(given.now, given.zone), given.zone),
        button=desk,
        sections=(
            Section(
                title=say("alert.title"),
                intro=say("digest.tap"),
                entries=tuple(case_entry(view, given.zone, given.link, decide=True) for view in shown),
                more=many - len(shown),
                more_where=say("digest.on_desk"),
                more_link=desk,
            ),
        ),
        footer=(
            say("letter.for", person=name(given.owner), brand=name(given.brand)),
            say("alert.once"),
            say("letter.buttons"),
        ),
    )
