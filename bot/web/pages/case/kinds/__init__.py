"""What each kind of case looks like: a module with its template, and one line here."""

from __future__ import annotations

from collections.abc import Mapping

from bot.web.pages.case.kinds import conversation, flagged, unknown_signer
from bot.web.pages.case.kinds.page import KindPage
from storage.views import CaseView

_PAGES = (flagged.PAGE, conversation.PAGE, unknown_signer.PAGE)
#: name of the kind -> its page
KIND_PAGES: Mapping[str, KindPage] = {page.kind.name: page for page in _PAGES}


def page_of(view: CaseView) -> KindPage:
    """How a case is shown."""
    return KIND_PAGES[view.case.kind.name]
