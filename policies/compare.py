"""What a change to the rules changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from policies.engine import Context, Engine
from policies.model.finding import Finding, Severity
from policies.model.post import Post
from policies.rulebook import LoadedRule, RuleBook

#: Posts shown as samples for each rule.
SAMPLES = 3


class Difference(StrEnum):
    """How a rule differs between two rule books."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"  #: it may judge otherwise
    CASES = "cases"  #: only its cases or its notes differ


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """One rule that differs."""

    rule: str
    change: Difference
    fields: tuple[str, ...] = ()  #: fields that differ, for instance ``severity``


def diff(old: RuleBook, new: RuleBook) -> list[RuleChange]:
    """Every rule that differs, by id."""
    before = {rule.id: rule for rule in old.rules}
    after = {rule.id: rule for rule in new.rules}
    changes = [_change(before.get(name), after.get(name)) for name in sorted(before.keys() | after.keys())]
    return [change for change in changes if change]


def _change(old: LoadedRule | None, new: LoadedRule | None) -> RuleChange | None:
    if old is None or new is None:
        known = new or old
        assert known is not None  # noqa: S101 -- one of the two has the name
        return RuleChange(rule=known.id, change=Difference.ADDED if new else Difference.REMOVED)
    fields = tuple(n for n in type(new.rule).model_fields if getattr(old.rule, n) != getattr(new.rule, n))
    if not fields:
        return None
    change = Difference.CASES if old.version == new.version else Difference.CHANGED
    return RuleChange(rule=new.id, change=change, fields=fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleHits:
    """What one rule found over past posts."""

    rule: str
    severity: Severity
    hits: int
    only_new: int  #: posts that the old rules did not flag by this rule
    gone: int  #: posts that only the old rules flagged by it
    samples: tuple[Finding, ...]  #: some of what is new, or of all where nothing is


@dataclass(slots=True)
class _Tally:
    severity: Severity
    hits: int = 0
    only_new: int = 0
    gone: int = 0
    fresh: list[Finding] | None = None
    others: list[Finding] | None = None


def backtest(
    posts: Iterable[tuple[Post, Context]], new: Engine, old: Engine | None = None
) -> tuple[int, list[RuleHits]]:
    """Judge past posts by new rules and by old ones. How many posts, and what each rule found, most first."""
    tallies: dict[str, _Tally] = {}
    count = 0
    for count, (post, context) in enumerate(posts, 1):  # noqa: B007 -- the last number is the answer
        found = {finding.rule: finding for finding in new.check(post, context)}
        before = {finding.rule: finding for finding in old.check(post, context)} if old else {}
        for finding in _each(found, before):
            _count(tallies.setdefault(finding.rule, _Tally(finding.severity)), finding, found, before)
    return count, sorted(map(_hits, tallies.items()), key=lambda hits: (-hits.severity.rank, -hits.hits))


def _each(found: dict[str, Finding], before: dict[str, Finding]) -> Iterator[Finding]:
    yield from (before | found).values()


def _count(tally: _Tally, finding: Finding, found: dict[str, Finding], before: dict[str, Finding]) -> None:
    is_new = finding.rule not in before
    if finding.rule not in found:
        tally.gone += 1
        return
    tally.hits += 1
    tally.only_new += is_new
    bucket = tally.fresh = tally.fresh or []
    if not is_new:
        bucket = tally.others = tally.others or []
    if len(bucket) < SAMPLES:
        bucket.append(finding)


def _hits(item: tuple[str, _Tally]) -> RuleHits:
    rule, tally = item
    return RuleHits(
        rule=rule,
        severity=tally.severity,
        hits=tally.hits,
        only_new=tally.only_new,
        gone=tally.gone,
        samples=tuple(tally.fresh or tally.others or ()),
    )
