"""A client who needs the owner, or waits too long: their words, and what the business said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.letters.clients import about
from bot.web import text
from bot.web.pages.case.kinds.page import KindPage
from bot.web.pages.case.kinds.shown import FIRST_SCREEN, excerpt, post_shown
from bot.web.wording import Choice
from bot.words import glossary
from policies.masking import masked
from policies.model.cases.conversation import CONVERSATION, ConversationAction
from policies.model.people import Role
from storage.views import CaseView


def _titles(view: CaseView) -> tuple[str, ...]:
    one = view.conversation
    return (about(one) if one else glossary.title(view.case.kind, view.case.subject),)


def _about(view: CaseView) -> Mapping[str, Any]:
    answer = view.conversation.newest_answer if view.conversation else None
    words = text.folded(masked(answer.text), limit=FIRST_SCREEN) if answer else None
    return {**post_shown(view), "answer": answer, "answer_text": words}


PAGE = KindPage(
    kind=CONVERSATION,
    template="case/kinds/conversation.html",
    choices={
        Role.OWNER: (
            Choice(action=ConversationAction.TAKE),
            Choice(action=ConversationAction.HAND_ON),
            Choice(action=ConversationAction.LEAVE),
        ),
        Role.AGENCY: (Choice(action=ConversationAction.TELL, needs_words=True),),
    },
    titles=_titles,
    excerpt=excerpt,
    about=_about,
)
