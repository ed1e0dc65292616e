"""A flagged post: the text with the words that rules stopped at, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from bot.web import text
from bot.web.pages.case.kinds.page import KindPage
from bot.web.wording import Choice
from policies.masking import masked
from policies.model.cases.flagged import FLAGGED, FlaggedAction
from policies.model.finding import Finding
from policies.model.people import Role
from storage.views import CaseView

_POST_LIMIT = 3_000  #: characters of a post before the rest is folded away


def _titles(view: CaseView) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.finding.title for item in view.findings))


def _excerpt(view: CaseView, length: int) -> Markup:
    if view.post is None:
        return Markup()
    spans = text.spans_now(view.findings, view.revisions, view.post.text)
    shown = masked(view.post.text, [found.finding for found in view.findings])
    return text.excerpt(shown, spans, length=length)


def _about(view: CaseView) -> Mapping[str, Any]:
    words = view.post.text if view.post else ""
    spans = text.spans_now(view.findings, view.revisions, words)
    shown = masked(words, [found.finding for found in view.findings])
    return {
        "post_text": text.marked(shown, spans, limit=_POST_LIMIT),
        "evidence": text.inert(words) if shown != words else None,
        "findings": _findings(view, gone=False) or _findings(view, gone=True),
    }


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
            Choice(action=FlaggedAction.UPHOLD),
            Choice(action=FlaggedAction.ACCEPT),
            Choice(action=FlaggedAction.FALSE_ALARM),
        ),
    },
    titles=_titles,
    excerpt=_excerpt,
    about=_about,
)
