"""What the owner is asked: what the rules think likely and do not say, one tap each."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.letters.entries import entries, quoted
from bot.letters.model import DESK, Button, DigestInput, Entry, ReadersLink, Section
from bot.letters.places import byline
from bot.letters.untrusted import name
from bot.words import glossary, say
from policies.model.cases.flagged import FlaggedAction
from storage.views import CaseView

_WIDTH = 200  #: code points of a quote
_ANSWERS = (FlaggedAction.CONFIRM, FlaggedAction.DISMISS)


def questions_section(given: DigestInput, link: ReadersLink) -> Section | None:
    """The questions of this period; None where there is none."""
    if not given.questions:
        return None
    return Section(
        title=say("ask.title", len(given.questions)),
        intro=say("ask.intro"),
        entries=entries(given.questions, lambda view: _question(view, given.zone, link), link),
        more=given.questions_older,
        more_where=say("ask.more"),
        more_link=Button(label=say("ask.all"), url=f"{link(DESK)}?show=asked"),
    )


def _question(view: CaseView, zone: ZoneInfo, link: ReadersLink) -> Entry:
    """One of them: the question, the words that it is about, and both answers."""
    about = view.in_doubt[0].finding
    address = link(DESK, view.case.id)
    return Entry(
        title=glossary.question(about.topic, name(about.title, 100)),
        meta=byline(view.post, zone) if view.post else "",
        quote=quoted(view, view.in_doubt, _WIDTH),
        buttons=tuple(
            Button(label=say(f"action.{answer}"), url=f"{address}?answer={answer}") for answer in _ANSWERS
        ),
        post=about.post,
    )
