"""What every kind of check has in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from policies.facts import NOTHING, Wanted
from policies.matching.index import IndexBuilder
from policies.model.finding import Span, merged
from policies.model.post import Post
from policies.needs import Need
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
    question: bool = False  #: it is likely and not sure: a person is asked

    def asked(self) -> Outcome:
        """The same as a question."""
        return replace(self, question=True)


class Matcher(Protocol):
    """A check, ready to look at posts."""

    @property
    def triggers(self) -> Triggers:
        """What must fire in the index before a look is worth while."""

    def look(self, view: View) -> Outcome:
        """Judge one post."""


class EveryPost:
    """A matcher that looks at every post, whatever words stand in it."""

    __slots__ = ()

    @property
    def triggers(self) -> Triggers:
        """No word or pattern must fire first."""
        return None


class Check(BaseModel):
    """Options of a check as they stand in YAML."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    @property
    def needs(self) -> frozenset[Need]:
        """What it must know of a post besides its text. What nobody needs, nobody finds out."""
        return frozenset()

    @property
    def looks_back(self) -> timedelta:
        """How far back it wants to know what the account published, where it needs that."""
        return timedelta()

    @property
    def whoever(self) -> bool:
        """Whether what it finds does harm whoever wrote it, the owner too."""
        return False

    @property
    def parts(self) -> tuple[Check, ...]:
        """Checks that stand within it."""
        return ()

    def walk(self) -> Iterator[Check]:
        """Itself and each check within it, at any depth."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def wanted(self, post: Post) -> Wanted:  # noqa: ARG002 -- few checks ask about the outside
        """What it asks to be found out about the outside of a post."""
        return NOTHING

    def matcher(self, index: IndexBuilder) -> Matcher:
        """Enter words and patterns into the index; the matcher that looks for them."""
        raise NotImplementedError


class PostCheck(EveryPost, Check):
    """A check that looks at each post and enters nothing into the index: a kind writes its options and `look`."""

    def matcher(self, index: IndexBuilder) -> Matcher:  # noqa: ARG002 -- it has no words to enter
        """Itself: its options are all that it needs to look."""
        return self

    def look(self, view: View) -> Outcome:
        """Judge one post."""
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
