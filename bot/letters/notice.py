"""The agency's mail: how many posts wait for an answer, and the link to its queue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.letters import words
from bot.letters.entries import case_entry
from bot.letters.model import Button, Letter, Link, Section
from bot.letters.untrusted import header, name
from policies.model.case import CaseState
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
    counts: Mapping[CaseState, int]  #: all, also those that were cut
    link: Link  #: signs addresses for the reader


def build_notice(given: NoticeInput) -> Letter:
    """One short letter. It says what is asked, and that disagreeing is fine."""
    waiting = sum(n for state, n in given.counts.items() if state.waits_for == "agency")
    posts = words.count(waiting, "post")
    queue = Button(label="Open the queue", url=given.link(QUEUE), main=True)
    shown = given.cases[:_MOST]
    return Letter(
        brand=name(given.brand),
        subject=header(
            f"{header(given.brand, 60)}: {posts} {'waits' if waiting == 1 else 'wait'} for your answer"
        ),
        summary=(
            f"{words.capital(posts)} for {name(given.brand)} {'was' if waiting == 1 else 'were'} flagged; please "
            "explain, mend, or disagree in the queue."
        ),
        period=words.moment(given.now, given.zone),
        button=queue,
        sections=(
            Section(
                title="What was flagged",
                intro=(
                    "A machine flagged these, not a person. "
                    f"What you answer goes to {name(given.owner)}, who decides."
                ),
                entries=tuple(case_entry(view, given.zone, _to_queue(queue), decide=False) for view in shown),
                more=waiting - len(shown),
                more_where="in the queue",
                more_link=queue,
            ),
        ),
        footer=(
            f"For {name(given.person)}, who writes for {name(given.brand)}. You need no account.",
            "The link in this mail is made for you alone, so please do not forward it.",
        ),
    )


def _to_queue(queue: Button) -> Link:
    """All buttons lead to the queue: links to single cases are the owner's."""

    def link(purpose: str, case: int | None = None) -> str:  # noqa: ARG001 -- the shape of a Link
        return queue.url

    return link
