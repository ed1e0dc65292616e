"""The mail about critical findings, all that wait in one message."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.digest import words
from bot.digest.entries import case_entry
from bot.digest.mail import out_message
from bot.digest.model import DESK, Button, Letter, Link, Section
from bot.digest.untrusted import header, name
from policies.model.finding import Severity
from storage.views import CaseView, OutMessage

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


def alert_message(given: AlertInput, *, sender: str, recipients: Sequence[str], brand_id: str) -> OutMessage:
    """The alert, ready for the outbox. The same findings give the same key and Message-ID."""
    return out_message(
        build_alert(given),
        kind="alert",
        cause=_cause(given.cases),
        at=given.now,
        sender=sender,
        sender_name=given.brand,
        recipients=recipients,
        brand_id=brand_id,
    )


def _cause(cases: Sequence[CaseView]) -> str:
    prints = sorted(
        found.finding.fingerprint
        for view in cases
        for found in view.findings
        if found.finding.severity is Severity.CRITICAL
    )
    numbers = sorted(view.case.id for view in cases)
    return hashlib.sha256(repr((numbers, prints)).encode()).hexdigest()[:32]
