"""What the pages need to know of a kind of case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from markupsafe import Markup

from bot.web.wording import Choice
from policies.model.cases.machinery import CaseKind
from policies.model.people import Role
from storage.views import CaseView


@dataclass(frozen=True, slots=True, kw_only=True)
class KindPage:
    """What the form offers, and the part of the page that says what it is about; the words stand in the catalogue."""

    kind: CaseKind
    template: str  #: of that part, seen from ``pages``
    choices: Mapping[Role, tuple[Choice, ...]]  #: role -> the steps that the form offers
    titles: Callable[[CaseView], tuple[str, ...]]  #: what the case is called
    excerpt: Callable[[CaseView, int], Markup]  #: a few words of it, at most so many characters
    about: Callable[[CaseView], Mapping[str, Any]]  #: what the template shows beside the view

    def action(self, name: str) -> StrEnum | None:
        """The action of this name, None where the kind has none."""
        return next((action for action in self.kind.actions if action.value == name), None)
