"""What each kind of case looks like: a module with its template, and one line here."""

from __future__ import annotations

from collections.abc import Mapping

from bot.web.pages.case.kinds import flagged, unknown_signer
from bot.web.pages.case.kinds.page import KindPage
from storage.views import CaseView

#: name of the kind -> its page
KIND_PAGES: Mapping[str, KindPage] = {page.kind.name: page for page in (flagged.PAGE, unknown_signer.PAGE)}


def page_of(view: CaseView) -> KindPage:
    """How a case is shown."""
    return KIND_PAGES[view.case.kind.name]
