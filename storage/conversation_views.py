"""What the store takes and gives back of conversations: frozen, like all of `storage.views`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from policies.model.keys import PostKey
from policies.threads.asking import AtOnce
from policies.threads.conversations import Conversation
from storage.views import CaseView


@dataclass(frozen=True, slots=True, kw_only=True)
class SteppedCase:
    """A case about a conversation on which a step was taken, and what nobody had seen then."""

    at: datetime  #: UTC of that step
    fresh: frozenset[PostKey]  #: posts of the thread that we saw later


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessedConversation:
    """A conversation as the rules see it now."""

    whole: Conversation
    fresh: Conversation | None = None  #: the part of it that nobody had seen at the last step on its case
    stepped_at: datetime | None = None  #: UTC of that step as it was read; None where none was


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptConversations:
    """What keeping conversations changed."""

    opened: tuple[int, ...] = ()  #: numbers of new or reopened cases
    settled: tuple[int, ...] = ()  #: cases that closed by themselves
    told: int = 0  #: things that wait to be mailed at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Untold:
    """A case of which the owner must hear at once and has not yet."""

    letter: AtOnce
    view: CaseView
    fingerprints: tuple[str, ...]  #: of what caused it
    raised_at: datetime  #: UTC, of the oldest of them
