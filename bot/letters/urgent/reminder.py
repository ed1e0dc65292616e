"""The mail about clients who need the owner or wait longer than promised, all that are due in one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from bot.letters import naming
from bot.letters.alert import AlertInput
from bot.letters.entries import case_entry, entries
from bot.letters.model import DESK, Button, Letter, Section
from bot.letters.untrusted import header, name
from bot.words import figures, say
from storage.views import CaseView

_MOST = 8


def build_reminder(given: AlertInput) -> Letter:
    """One letter: who waits, their words, since when, what they were told, and what the owner can do."""
    views = sorted(given.cases, key=lambda view: (-view.case.severity.rank, view.case.opened_at))
    shown, many = views[:_MOST], len(views)
    desk = Button(label=say("digest.desk"), url=given.link(DESK))
    return Letter(
        brand=name(given.brand),
        subject=header(_said("subject", views, brand=header(given.brand, 60))),
        summary=_said("summary", views),
        period=figures.zoned(figures.moment(given.now, given.zone), given.zone),
        button=desk,
        sections=(
            Section(
                title=say("reminder.title", many),
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
            say("reminder.once"),
            say("letter.buttons"),
        ),
    )


def _said(part: str, views: Sequence[CaseView], **more: str) -> str:
    """Of one client by name, of several by their number."""
    one = views[0].conversation
    if len(views) > 1 or one is None:
        return say(f"reminder.{part}", len(views), **more)
    return say(f"reminder.{part}.one", client=naming.client(one.latest), **more)
