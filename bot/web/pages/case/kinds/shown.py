"""The post that a case shows, as its page has it: short enough for the first screen, and whole behind one step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from bot.letters.places import words_of
from bot.web import text
from policies.masking import masked
from storage.views import CaseView

FIRST_SCREEN = 190  #: characters of a post on a phone's first screen


def post_shown(view: CaseView) -> Mapping[str, Any]:
    """``post_text`` with the words marked that rules stopped at, and ``evidence``: what of it is masked there."""
    words = words_of(view.post) if view.post else ""
    shown = masked(words, [found.finding for found in view.findings])
    spans = text.spans_now(view.findings, view.revisions, words)
    return {
        "post_text": text.folded(shown, spans, limit=FIRST_SCREEN),
        "evidence": text.inert(words) if shown != words else None,
    }


def excerpt(view: CaseView, length: int) -> Markup:
    """About so many characters of the post around the first words that a rule stopped at."""
    if view.post is None:
        return Markup()
    words = words_of(view.post)
    spans = text.spans_now(view.findings, view.revisions, words)
    shown = masked(words, [found.finding for found in view.findings])
    return text.excerpt(shown, spans, length=length)
