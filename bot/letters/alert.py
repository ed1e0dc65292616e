"""The mail about what cannot wait: critical findings and clients, all in one message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from bot.letters.clients import about, plea
from bot.letters.entries import case_entry, entries
from bot.letters.model import DESK, Button, Letter, ReadersLink, Section
from bot.letters.untrusted import header, name
from bot.words import figures, say
from storage.views import CaseView, ConversationView

_MOST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertInput:
    """Everything that a mail about what cannot wait for the digest needs."""

    brand: str  #: name of the business, as people say it
    owner: str  #: name of the reader
    zone: ZoneInfo  #: the brand's
    now: datetime  #: UTC, date of the mail
    cases: tuple[CaseView, ...]  #: with critical findings, or about clients
    link: ReadersLink  #: signs addresses for the reader


def build_alert(given: AlertInput) -> Letter:
    """One letter for all waiting cases, worst first as given."""
    many = len(given.cases)
    shown = sorted(given.cases, key=lambda view: view.conversation is None)[:_MOST]  # people before posts
    desk = Button(label=say("digest.open"), url=given.link(DESK), main=True)
    return Letter(
        brand=name(given.brand),
        subject=header(_subject(given)),
        summary=_summary(given),
        period=figures.zoned(figures.moment(given.now, given.zone), given.zone),
        button=desk,
        sections=(
            Section(
                title=say("alert.title"),
                intro=say("digest.tap"),
                entries=entries(
                    shown, partial(case_entry, zone=given.zone, link=given.link, decide=True), given.link
                ),
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


def _subject(given: AlertInput) -> str:
    """Of one client their own words: they are read on the lock screen of a phone."""
    brand, clients, many = header(given.brand, 60), _clients(given), len(given.cases)
    if many == 1 and clients:
        return say("alert.subject.client", brand=brand, words=header(plea(clients[0].latest), 70))
    return say("alert.subject.mixed" if clients else "alert.subject", many, brand=brand)


def _summary(given: AlertInput) -> str:
    clients, many = _clients(given), len(given.cases)
    if many == 1 and clients:
        return say("alert.summary.client", matter=about(clients[0]))
    return say("alert.summary.mixed" if clients else "alert.summary", many)


def _clients(given: AlertInput) -> list[ConversationView]:
    return [view.conversation for view in given.cases if view.conversation]
