"""Loaded rules, packs and rule books."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from policies.checks.base import Check
from policies.needs import Need
from policies.rules import PackInfo, Rule, Status, Suppression


def fingerprint(value: object) -> str:
    """A short name that changes with the content."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedRule:
    """A rule with where it came from."""

    rule: Rule
    pack: str  #: name of the pack that brought it in
    file: str  #: file that it stands in
    line: int  #: line that it begins in, from 1
    version: str  #: changes with anything that bears on judging, not with cases

    @property
    def id(self) -> str:
        """The rule's id."""
        return self.rule.id

    @property
    def needs(self) -> frozenset[Need]:
        """What must be known of a post besides its text before the rule can judge."""
        return self.rule.applies.needs.union(*(check.needs for check in self.checks()))

    @property
    def looks_back(self) -> timedelta:
        """How far back it wants to know what the account published."""
        return max(check.looks_back for check in self.checks())

    def checks(self) -> Iterator[Check]:
        """Each check in it at any depth, exceptions included."""
        for condition in (self.rule.check, *self.rule.unless):
            yield from condition.walk()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """Named rules with a version."""

    name: str
    info: PackInfo
    version: str  #: over the rules it brought in
    rules: tuple[LoadedRule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBook:
    """All rules in force for a brand."""

    packs: tuple[Pack, ...]
    version: str  #: over all packs

    @property
    def rules(self) -> tuple[LoadedRule, ...]:
        """All rules, in the order of the packs."""
        return tuple(self._each())

    def _each(self) -> Iterator[LoadedRule]:
        for pack in self.packs:
            yield from pack.rules

    @property
    def suppressions(self) -> tuple[Suppression, ...]:
        """What is excused, in all packs."""
        return tuple(s for pack in self.packs for s in pack.info.suppressions)

    def rule(self, rule_id: str) -> LoadedRule | None:
        """A rule by its id."""
        return next((rule for rule in self._each() if rule.id == rule_id), None)

    @property
    def in_force(self) -> tuple[LoadedRule, ...]:
        """The rules that judge, live or on trial."""
        return tuple(rule for rule in self._each() if rule.rule.status is not Status.RETIRED)

    @property
    def needs(self) -> frozenset[Need]:
        """What must be known of a post besides its text before the rules in force can judge."""
        return frozenset().union(*(rule.needs for rule in self.in_force))

    @property
    def looks_back(self) -> timedelta:
        """How far back the rules in force want to know what the account published."""
        return max((rule.looks_back for rule in self.in_force), default=timedelta())

    def checks(self) -> Iterator[Check]:
        """Every check that stands in any rule, at any depth."""
        for rule in self._each():
            yield from rule.checks()

    def content(self) -> str:
        """All rules as JSON, for keeping what judged a post."""
        rules = {
            rule.id: {
                "pack": rule.pack,
                **rule.rule.model_dump(mode="json", by_alias=True, exclude_unset=True),
            }
            for rule in self._each()
        }
        return json.dumps(rules, sort_keys=True, ensure_ascii=False)
