"""A mark that nobody on the roster has: where it was seen first, and who that is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from bot.web import text
from bot.web.pages.case.kinds.page import KindPage
from bot.web.wording import Choice
from bot.words import glossary
from policies.masking import masked
from policies.model.cases.unknown_signer import UNKNOWN_SIGNER, SignerAction
from policies.model.people import Role
from storage.views import CaseView

_POST_LIMIT = 3_000


def _titles(view: CaseView) -> tuple[str, ...]:
    return (glossary.title(view.case.kind, view.case.subject),)


def _excerpt(view: CaseView, length: int) -> Markup:
    return text.excerpt(masked(view.post.text), [], length=length) if view.post else Markup()


def _about(view: CaseView) -> Mapping[str, Any]:
    words = view.post.text if view.post else ""
    return {
        "post_text": text.marked(masked(words), [], limit=_POST_LIMIT),
        "evidence": text.inert(words) if masked(words) != words else None,
    }


PAGE = KindPage(
    kind=UNKNOWN_SIGNER,
    template="case/kinds/unknown_signer.html",
    choices={
        Role.OWNER: (Choice(action=SignerAction.KNOW), Choice(action=SignerAction.ASK)),
        Role.AGENCY: (Choice(action=SignerAction.NAME, needs_words=True),),
    },
    titles=_titles,
    excerpt=_excerpt,
    about=_about,
)
