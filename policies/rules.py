"""Rules: what stands in YAML. What was loaded from it is in `policies.rulebook`."""

from __future__ import annotations

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from policies.checks.base import listed
from policies.conditions import Condition
from policies.located_yaml import did_you_mean
from policies.model.finding import Severity
from policies.model.people import Role
from policies.model.post import Direction, Kind
from policies.needs import Need
from policies.platforms import PLATFORMS

RuleId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,63}$")]
Topic = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,63}$")]
#: Longest text of a case, characters.
LONGEST_CASE = 10_000
_NOT_OWNER = frozenset({Role.STAFF, Role.AGENCY})
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
#: What ``say`` may name in curly brackets.
PLACEHOLDERS = frozenset({"words", "reason", "score", "author", "platform", "title"})


class PackPart(BaseModel):
    """What all parts of a pack share: frozen, and unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Status(StrEnum):
    """Whether a rule counts."""

    SHADOW = "shadow"  #: on trial: its findings are reported apart and open no case
    LIVE = "live"
    RETIRED = "retired"  #: kept for what it judged before


class Applies(PackPart):
    """Which posts a rule is for. Empty means all."""

    platform: tuple[str, ...] = ()
    """For instance x or reddit."""
    direction: Direction | None = Direction.OUTBOUND
    """outbound (published as the brand, the default), inbound (said to it), or both."""
    kind: tuple[Kind, ...] = ()
    """post, reply, comment, review or message."""
    language: tuple[str, ...] = ()
    """ISO 639-1 codes. A post whose language nobody knows is judged as well."""
    author: tuple[Role, ...] = ()
    """Who wrote what the brand published: owner, staff, agency or anybody, by the roster; a post without a mark
    counts as the agency's. Where it is not given, whoever is not the owner, and anybody where the rule looks for card
    and account numbers, secrets or dead links."""
    campaign: tuple[str, ...] = ()
    """Names of campaigns."""

    _lists = field_validator("platform", "kind", "language", "campaign", mode="before")(listed)

    @property
    def needs(self) -> frozenset[Need]:
        """What must be known of a post before it can be told whether a rule is for it."""
        asked = {Need.READING: self.language, Need.CAMPAIGN: self.campaign}
        return frozenset({Need.PEOPLE, *(need for need, names in asked.items() if names)})

    def authors(self, check: Condition) -> frozenset[Role]:
        """For whose posts a rule is that looks for this."""
        others = frozenset(Role) if any(part.whoever for part in check.walk()) else _NOT_OWNER
        return frozenset(self.author) or others

    @field_validator("author", mode="before")
    @classmethod
    def _anybody(cls, value: Any) -> Any:
        return tuple(Role) if value in ("anybody", ["anybody"]) else listed(value)

    @field_validator("direction", mode="before")
    @classmethod
    def _both(cls, value: Any) -> Any:
        return None if value == "both" else value

    @field_validator("platform")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if name not in PLATFORMS:
                raise ValueError(f"there is no platform {name!r}. {did_you_mean(name, PLATFORMS)}")
        return value


class When(PackPart):
    """From when until when a rule counts, by the UTC date on which a post was published; both days included."""

    since: date | None = Field(None, alias="from")
    until: date | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.since and self.until and self.until < self.since:
            raise ValueError("`until` lies before `from`, so the rule would never count")
        return self

    def covers(self, at: datetime) -> bool:
        """Whether a post of this UTC time is judged."""
        day = at.date()
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class CasePerson(PackPart):
    """Somebody on the roster of a case."""

    mark: str = Field(min_length=1)
    """How they sign, for instance ^TK."""
    role: Role = Role.STAFF
    """owner, staff or agency."""
    met: bool = True
    """Whether clients have met them."""


class TestCase(PackPart):
    """One text that shows what a rule is about."""

    __test__ = False  # pytest would take it for a test

    text: str = Field(max_length=LONGEST_CASE)
    reply_to: str | None = None
    """What the post answers, said to the brand."""
    platform: str | None = None
    kind: Kind | None = None
    author: str | None = None
    campaign: str | None = None
    at: datetime | None = None
    """When it was published."""
    earlier: tuple[str, ...] = ()
    """What the brand published before, oldest first, half an hour between each; before an answer, answers to others."""
    alt: tuple[str | None, ...] = ()
    """Alt texts of its pictures; null where a picture has none."""
    pictures: tuple[str, ...] = ()
    """Words that stand in its pictures, a text for each picture."""
    links: dict[str, str] = {}
    """Where its links lead: the address that each one lands on, or *dead*."""
    people: tuple[CasePerson, ...] = ()
    """Who is on the roster."""
    paid_label: bool = False
    """The platform shows it as paid partnership."""
    may_ask: bool = False
    """For what must not be flagged: a question about it is fine."""
    why: str | None = None
    """What the case is there to show."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"text": value} if isinstance(value, str) else value


class RuleCases(PackPart):
    """Texts that a rule must flag, must not flag, and should learn to judge."""

    flag: tuple[TestCase, ...] = ()
    ok: tuple[TestCase, ...] = ()
    todo: tuple[TestCase, ...] = ()
    """Known mistakes: run and reported, but no failure."""


def _schema_of_extending(schema: dict[str, Any]) -> None:
    """For editors: a rule that extends another may leave out everything but its id, and parts of its check."""
    fields, check = schema["properties"], schema["properties"]["check"]
    needed = [name for name in schema["required"] if name != "id"]
    fields["check"] = {"anyOf": [check, {"type": "object"}]}
    schema["required"] = ["id"]
    schema["if"] = {"not": {"required": ["extends"]}}
    schema["then"] = {"required": needed, "properties": {"check": check}}


class Rule(PackPart):
    """One rule: a use of a check, with a reason, a severity and its own cases."""

    model_config = ConfigDict(json_schema_extra=_schema_of_extending)

    id: RuleId
    """Never changes: findings and verdicts refer to it."""
    extends: RuleId | None = None
    """Another rule, from which it takes every field that it does not give itself, except id and cases."""
    title: str = Field(min_length=3, max_length=120)
    """In a few words."""
    topic: Topic
    """What it is about, for instance unauthorised-promise."""
    severity: Severity
    """info (samples), warn (in the digest), breach (top of the digest, opens a case), critical (mailed at once)."""
    why: str = Field(min_length=10)
    """Why the rule exists, shown to the agency."""
    say: str = "{title}: {words}"
    """What the finding says; {words}, {reason}, {score}, {author}, {platform} and {title} are filled in."""
    suggest: str | None = None
    """What would be better."""
    applies: Applies = Applies()
    when: When = When()
    check: Condition
    """What to look for."""
    unless: tuple[Condition, ...] = ()
    """Exceptions: where one of these holds, the rule is silent."""
    false_alarms: tuple[str, ...] = ()
    """Known false positives, in words."""
    status: Status = Status.LIVE
    version: int = Field(1, ge=1)
    """Counted up by whoever changes what the rule finds."""
    cases: RuleCases = RuleCases()

    @field_validator("say")
    @classmethod
    def _placeholders(cls, value: str) -> str:
        for name in _PLACEHOLDER.findall(value):
            if name not in PLACEHOLDERS:
                raise ValueError(f"{{{name}}} cannot be filled in. {did_you_mean(name, PLACEHOLDERS)}")
        return value

    @field_validator("unless", mode="before")
    @classmethod
    def _one_or_more(cls, value: Any) -> Any:
        return [value] if isinstance(value, dict) else value

    def message(self, **values: str) -> str:
        """What a finding says."""
        filled = _PLACEHOLDER.sub(lambda found: values.get(found[1], ""), self.say)
        return filled.strip().removesuffix(":").strip()


class Source(PackPart):
    """A law or public code that a pack follows."""

    title: str
    url: Annotated[str, Field(pattern="^https://")]


class Suppression(PackPart):
    """Findings that somebody has excused, for a reason and for a time."""

    rule: RuleId
    """Whose findings."""
    reason: str = Field(min_length=5)
    """Why they are excused."""
    approver: str = Field(min_length=2)
    """Who said so."""
    until: date
    """UTC date of the last posts that are excused; after it findings return."""
    words: str | None = None
    """Only findings whose matched words contain this."""
    platform: str | None = None
    """Only on this platform."""

    def covers(self, rule: str, matched: str, platform: str, at: datetime) -> bool:
        """Whether it excuses a finding of a post that was published at a UTC time."""
        return (
            rule == self.rule
            and at.date() <= self.until
            and (self.words is None or self.words.casefold() in matched.casefold())
            and self.platform in (None, platform)
        )


class PackInfo(PackPart):
    """What stands under ``pack`` in pack.yaml."""

    title: str
    about: str
    follows: tuple[Source, ...] = ()
    extends: tuple[str, ...] = ()
    """Packs whose rules are taken over."""
    overrides: dict[str, dict[str, Any]] = {}
    """Rule id -> the fields of a rule taken over that are changed; cases are added."""

    suppressions: tuple[Suppression, ...] = ()
    """Findings that are excused for a time."""

    _lists = field_validator("extends", mode="before")(listed)
