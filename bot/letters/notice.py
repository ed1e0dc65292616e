"""The agency's mail: how many posts wait for an answer, and the link to its queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from bot.letters.entries import case_entry, entries
from bot.letters.model import Button, Letter, ReadersLink, Section
from bot.letters.untrusted import header, name
from bot.words import figures, say
from storage.views import CaseView

QUEUE = "queue"  #: purpose of a link to the agency's queue
_MOST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeInput:
    """Everything a notice needs."""

    brand: str  #: name of the business, as people say it
    owner: str  #: name of the owner
    person: str  #: name of the reader
    zone: ZoneInfo  #: the brand's
    now: datetime  #: UTC, date of the mail
    cases: tuple[CaseView, ...]  #: that wait for the agency, worst first; may be cut
    waiting: int  #: how many cases do, also those that were cut
    link: ReadersLink  #: signs addresses for the reader


def build_notice(given: NoticeInput) -> Letter:
    """One short letter. It says what is asked, and that disagreeing is fine."""
    waiting = given.waiting
    queue = Button(label=say("notice.open"), url=given.link(QUEUE), main=True)
    shown, to_queue = given.cases[:_MOST], _to_queue(queue)
    return Letter(
        brand=name(given.brand),
        subject=header(say("notice.subject", waiting, brand=header(given.brand, 60))),
        summary=say("notice.summary", waiting, brand=name(given.brand)),
        period=figures.moment(given.now, given.zone),
        button=queue,
        sections=(
            Section(
                title=say("notice.title"),
                intro=say("notice.intro", owner=name(given.owner)),
                entries=entries(
                    shown, partial(case_entry, zone=given.zone, link=to_queue, decide=False), to_queue
                ),
                more=waiting - len(shown),
                more_where=say("digest.in_queue"),
                more_link=queue,
            ),
        ),
        footer=(
            say("notice.for", person=name(given.person), brand=name(given.brand)),
            say("notice.link"),
        ),
    )


def _to_queue(queue: Button) -> ReadersLink:
    """All buttons lead to the queue: links to single cases are the owner's."""

    def link(purpose: str, case: int | None = None) -> str:  # noqa: ARG001 -- the shape of a Link
        return queue.url

    return link
