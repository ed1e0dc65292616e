"""What every kind of check has in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from policies.facts import Fact
from policies.matching.index import IndexBuilder
from policies.model.finding import Span, merged
from policies.view import View

Triggers = frozenset[int] | None  #: slots of which one must fire for a match; None where any post may match


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a check says of a post."""

    matched: bool
    detail: str  #: why or why not, for `policy explain`
    spans: tuple[Span, ...] = ()  #: words that matched; empty where the whole post is meant
    score: float | None = None  #: probability or measure, where there is one
    skipped: bool = False  #: it could not be judged; then it has not matched


class Matcher(Protocol):
    """A check, ready to look at posts."""

    @property
    def triggers(self) -> Triggers:
        """What must fire in the index before a look is worth while."""

    def look(self, view: View) -> Outcome:
        """Judge one post."""


class Check(BaseModel):
    """Options of a check as they stand in YAML."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    @property
    def fact(self) -> Fact | None:
        """What must be found out about the outside before this check can judge."""
        return None

    def plan(self, index: IndexBuilder) -> Matcher:
        """Enter words and patterns into the index; the matcher that looks for them."""
        raise NotImplementedError


def missed(detail: str) -> Outcome:
    """The check does not match."""
    return Outcome(matched=False, detail=detail)


def skip(detail: str) -> Outcome:
    """The check could not judge."""
    return Outcome(matched=False, detail=detail, skipped=True)


def found(detail: str, spans: list[Span] | tuple[Span, ...] = (), score: float | None = None) -> Outcome:
    """The check matches."""
    return Outcome(matched=True, detail=detail, spans=merged(spans), score=score)


def listed(value: Any) -> Any:
    """One text where a list is expected is a list of one."""
    return [value] if isinstance(value, str) else value


def under(name: str) -> Any:
    """A validator body: a bare text or list stands for the field ``name``."""

    def wrap(value: Any) -> Any:
        return {name: listed(value)} if isinstance(value, str | list | tuple) else value

    return wrap
