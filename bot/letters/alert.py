"""The mail about critical findings, all that wait in one message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.letters import words
from bot.letters.entries import case_entry
from bot.letters.model import DESK, Button, Letter, Link, Section
from bot.letters.untrusted import header, name
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
    link: Link  #: signs addresses for the reader


def build_alert(given: AlertInput) -> Letter:
    """One letter for all waiting cases, worst first as given."""
    many = len(given.cases)
    posts = words.count(many, "post")
    shown = given.cases[:_MOST]
    desk = Button(label="Open what needs you", url=given.link(DESK), main=True)
    return Letter(
        brand=name(given.brand),
        subject=header(f"{header(given.brand, 60)}: {posts} {'needs' if many == 1 else 'need'} you now"),
        summary=(
            f"{posts} in your name {'needs' if many == 1 else 'need'} you now, and the agency's queue has "
            f"{'it' if many == 1 else 'them'} too; please look and decide."
        ),
        period=words.zoned(words.moment(given.now, given.zone), given.zone),
        button=desk,
        sections=(
            Section(
                title="Cannot wait",
                intro="A tap opens the case. Nothing is decided until you press a button there.",
                entries=tuple(case_entry(view, given.zone, given.link, decide=True) for view in shown),
                more=many - len(shown),
                more_where="on your desk",
                more_link=desk,
            ),
        ),
        footer=(
            f"For {name(given.owner)}, who looks after {name(given.brand)}.",
            "You get such a mail once for each critical find, between digests.",
            "The buttons in this mail are made for you alone, so please do not forward it.",
        ),
    )
