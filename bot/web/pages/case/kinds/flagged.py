"""A flagged post: the text with the words that rules stopped at, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.web.pages.case.kinds.page import KindPage
from bot.web.pages.case.kinds.shown import excerpt, post_shown
from bot.web.wording import Choice
from bot.words import glossary
from policies.model.cases.flagged import FLAGGED, FlaggedAction
from policies.model.finding import Finding
from policies.model.people import Role
from storage.views import CaseView


def _titles(view: CaseView) -> tuple[str, ...]:
    if view.case.unsaid and view.in_doubt:
        return questions(view)
    return tuple(dict.fromkeys(item.finding.title for item in view.findings))


def _about(view: CaseView) -> Mapping[str, Any]:
    doubts = {one.finding.rule: one.finding for one in view.in_doubt} if view.case.unsaid else {}
    found = list(doubts.values()) or _findings(view, gone=False) or _findings(view, gone=True)
    return {**post_shown(view), "findings": found}


def questions(view: CaseView) -> tuple[str, ...]:
    """What the owner is asked, the likeliest first."""
    asked = (glossary.question(one.finding.topic, one.finding.title) for one in view.in_doubt)
    return tuple(dict.fromkeys(asked))


def _findings(view: CaseView, *, gone: bool) -> list[Finding]:
    """The findings, each rule once."""
    chosen = [item.finding for item in view.findings if (item.gone_at is not None) is gone]
    return list({finding.rule: finding for finding in chosen}.values())


PAGE = KindPage(
    kind=FLAGGED,
    template="case/kinds/flagged.html",
    choices={
        Role.AGENCY: (
            Choice(action=FlaggedAction.ANSWER, needs_words=True),
            Choice(action=FlaggedAction.CLAIM_FIX),
            Choice(action=FlaggedAction.DISPUTE, needs_words=True),
        ),
        Role.OWNER: (
            Choice(action=FlaggedAction.CONFIRM),
            Choice(action=FlaggedAction.DISMISS),
            Choice(action=FlaggedAction.UPHOLD),
            Choice(action=FlaggedAction.ACCEPT),
            Choice(action=FlaggedAction.FALSE_ALARM),
        ),
    },
    titles=_titles,
    excerpt=excerpt,
    about=_about,
)
