"""What a rule looks for: one check, or several put together.

Besides the kinds of check, a condition may say

- ``any``: one of several conditions is enough;
- ``all``: each of several conditions;
- ``not``: a condition that must not hold;
- ``sentence``: conditions that meet within one sentence (``all``), without others there (``none``);
- ``parent``: a condition on what the post answers;
- ``thread``: what a customer said must be followed by something, in time.

```yaml
check:
  all:
    - parent: {tone: {head: sentiment, label: negative, at_least: 0.8}}   # an answer to somebody unhappy
    - sentence: {all: [{terms: [sorry]}, {terms: [but]}], none: [{terms: [refund]}]}
    - any: [{format: {shorter_than: 60}}, {not: {pattern: '\\?'}}]
```

```yaml
check:
  thread:
    first: {terms: [refund, "money back"]}
    then: {terms: [sorry, apologies]}
    within: 4h
```
"""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from policies.checks.base import Check, Matcher
from policies.checks.cadence import Cadence
from policies.checks.canned import Canned
from policies.checks.disclosure import Disclosure
from policies.checks.format import Format
from policies.checks.hashtag import Hashtag
from policies.checks.language import Language
from policies.checks.leftover import Leftover
from policies.checks.link import LinkCheck
from policies.checks.means import Means
from policies.checks.media import MediaCheck
from policies.checks.mention import Mention
from policies.checks.pattern import Pattern
from policies.checks.pii import Pii
from policies.checks.promise import Promise
from policies.checks.secret import Secret
from policies.checks.signoff import Signoff
from policies.checks.similar import Similar
from policies.checks.spelling import Spelling
from policies.checks.terms import Terms
from policies.checks.tone import Tone
from policies.combining import AllOf, AnyOf, FollowedBy, InSentence, Negated, OfParent
from policies.durations import Duration
from policies.matching.index import IndexBuilder
from policies.needs import Need


class Condition(Check):
    """Exactly one of these."""

    terms: Terms | None = None
    pattern: Pattern | None = None
    leftover: Leftover | None = None
    link: LinkCheck | None = None
    mention: Mention | None = None
    hashtag: Hashtag | None = None
    disclosure: Disclosure | None = None
    pii: Pii | None = None
    secret: Secret | None = None
    promise: Promise | None = None
    tone: Tone | None = None
    means: Means | None = None
    similar: Similar | None = None
    language: Language | None = None
    format: Format | None = None
    spelling: Spelling | None = None
    media: MediaCheck[Condition] | None = None
    cadence: Cadence | None = None
    canned: Canned | None = None
    signoff: Signoff | None = None
    thread: Followed | None = None
    any: tuple[Condition, ...] | None = Field(None, min_length=1)
    """One of these is enough."""
    all: tuple[Condition, ...] | None = Field(None, min_length=1)
    """Each of these."""
    not_: Condition | None = Field(None, alias="not")
    """This must not hold."""
    sentence: SameSentence | None = None
    """These meet within one sentence."""
    parent: Condition | None = None
    """This holds for what the post answers."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len(self.model_fields_set) != 1:
            named = ", ".join(sorted(self.model_fields_set)) or "none"
            raise ValueError(f"a condition names exactly one kind of check; here: {named}")
        return self

    @property
    def kind(self) -> str:
        """The one kind that is named."""
        return next(iter(self.model_fields_set))

    @property
    def parts(self) -> tuple[Check, ...]:
        """What stands under the kind."""
        part = getattr(self, self.kind)
        return part if isinstance(part, tuple) else (part,)

    @property
    def needs(self) -> frozenset[Need]:
        """What the post answers, for one of the kinds."""
        return frozenset({Need.THREAD} if self.kind == "parent" else ())

    def matcher(self, index: IndexBuilder) -> Matcher:
        """The matcher of the one that is named."""
        matchers = tuple(part.matcher(index) for part in self.parts)
        match self.kind:
            case "any":
                return AnyOf(matchers)
            case "all":
                return AllOf(matchers)
            case "not_":
                return Negated(matchers[0])
            case "parent":
                return OfParent(matchers[0])
        return matchers[0]


class SameSentence(Check):
    """Conditions that meet within one sentence."""

    all: tuple[Condition, ...] = Field(min_length=1)
    """Each of these stands in the sentence."""
    none: tuple[Condition, ...] = ()
    """None of these stands in it."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"all": value} if isinstance(value, list | tuple) else value

    @property
    def parts(self) -> tuple[Check, ...]:
        """What must stand in the sentence, then what must not."""
        return (*self.all, *self.none)

    def matcher(self, index: IndexBuilder) -> Matcher:
        """The matcher of all parts."""
        return InSentence(
            tuple(child.matcher(index) for child in self.all),
            tuple(child.matcher(index) for child in self.none),
        )


class Followed(Check):
    """What a customer said must be followed by something, in time.

    Judged on the first answer to it: that answer counts where it says something else, or comes too late.
    """

    first: Condition
    """What the customer said."""
    then: Condition | None = None
    """What the first answer must say; anything where it is not given."""
    within: Duration | None = None
    """How soon it must come, in opening hours, such as 4h."""

    @model_validator(mode="after")
    def _some(self) -> Self:
        if self.then is None and self.within is None:
            raise ValueError("name then or within")
        return self

    @property
    def needs(self) -> frozenset[Need]:
        """The conversation, and the opening hours in which time is counted."""
        return frozenset({Need.THREAD, Need.HOURS})

    @property
    def parts(self) -> tuple[Check, ...]:
        """What was said, then what must follow."""
        return (self.first, self.then) if self.then else (self.first,)

    def matcher(self, index: IndexBuilder) -> Matcher:
        """The matcher of both parts."""
        return FollowedBy(
            self.first.matcher(index), self.then.matcher(index) if self.then else None, self.within
        )


Condition.model_rebuild()
