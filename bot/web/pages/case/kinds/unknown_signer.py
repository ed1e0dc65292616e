"""A mark that nobody on the roster has: where it was seen first, and who that is."""

from __future__ import annotations

from bot.web.pages.case.kinds.page import KindPage
from bot.web.pages.case.kinds.shown import excerpt, post_shown
from bot.web.wording import Choice
from bot.words import glossary
from policies.model.cases.unknown_signer import UNKNOWN_SIGNER, SignerAction
from policies.model.people import Role
from storage.views import CaseView


def _titles(view: CaseView) -> tuple[str, ...]:
    return (glossary.title(view.case.kind, view.case.subject),)


PAGE = KindPage(
    kind=UNKNOWN_SIGNER,
    template="case/kinds/unknown_signer.html",
    choices={
        Role.OWNER: (Choice(action=SignerAction.KNOW), Choice(action=SignerAction.ASK)),
        Role.AGENCY: (Choice(action=SignerAction.NAME, needs_words=True),),
    },
    titles=_titles,
    excerpt=excerpt,
    about=post_shown,
)
