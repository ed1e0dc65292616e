"""What was not checked, and why. An empty page from a failing source is never read as all quiet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from policies.model.keys import AccountKey


class Why(StrEnum):
    """Why something was not checked."""

    GAP = "gap"  #: the platform no longer serves what lies between two pulls
    RATE_LIMITED = "rate_limited"
    BUDGET_SPENT = "budget_spent"
    TOKEN_DEAD = "token_dead"  # noqa: S105 -- the name of a reason, no secret
    UNREACHABLE = "unreachable"
    UNREADABLE = "unreadable"  #: items that the platform sent in a shape we cannot read
    LANGUAGE = "language"  #: texts in a language that the tone model does not read
    LINKS = "links"  #: links that a rule asks about, and that could not be looked at
    PICTURES = "pictures"  #: pictures whose words a rule asks about, and that could not be read
    LONG = "long"  #: posts of which only the beginning was judged
    BROKEN = "broken"  #: posts at which the judging itself broke
    CUT = "cut"  #: posts of others that were passed on, and that the platform sent cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchecked:
    """A stretch of time or a number of items that nobody has checked. The digest says it."""

    why: Why
    platform: str
    account: str
    code: str = ""  #: names the sentence that says it to the owner; empty where only ``detail`` says it
    parts: Mapping[str, str | int] = field(default_factory=dict)  #: what the sentence is filled in with
    detail: str = ""  #: what others say of it, for instance a platform's answer; untrusted
    since: datetime | None = None  #: UTC
    until: datetime | None = None  #: UTC
    count: int | None = None  #: items, where known

    @property
    def account_key(self) -> AccountKey:
        """The account that it is about."""
        return AccountKey(platform=self.platform, handle=self.account)
