"""What the owner's verdicts say of the rules: how often each is right, and which one cries wolf."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from policies.checks.canned import Canned
from policies.checks.format import Format
from policies.checks.means import Means
from policies.checks.media import MediaCheck
from policies.checks.similar import Similar
from policies.checks.tone import Tone
from policies.model.finding import Severity
from policies.rulebook import RuleBook
from policies.rules import Status
from policies.shares import mostly_wrong, wilson

#: Fewest posts, and the part of them, from which a rule finds what is ordinary for a business.
ENOUGH_POSTS, FLOOD = 20, 1 / 3
_SCORED = (Canned, Format, MediaCheck, Similar, Tone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """How often a rule was right."""

    rule: str
    right: int  #: findings that the owner upheld or accepted as rightly found
    wrong: int  #: findings that the owner called false alarms
    low: float  #: lower end of the 95 % interval
    high: float  #: upper end of the 95 % interval

    @property
    def share(self) -> float:
        """Share of findings that were right."""
        return self.right / (self.right + self.wrong)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What the owner may want to do with a rule that cries wolf."""

    rule: str
    severity: Severity | None  #: one step down; None where it should go on trial instead
    reason: str


def floods(found: Mapping[str, int], posts: int) -> list[str]:
    """The names of what was found in so many of the posts that it is ordinary for this business, most first."""
    if posts < ENOUGH_POSTS:
        return []
    many = [name for name, count in found.items() if count >= FLOOD * posts]
    return sorted(many, key=lambda name: (-found[name], name))


def precision(verdicts: Iterable[tuple[str, bool]]) -> list[Precision]:
    """How often each rule was right, from (rule id, was it right), least certain to be right first."""
    counts: dict[str, list[int]] = {}
    for rule, right in verdicts:
        counts.setdefault(rule, [0, 0])[0 if right else 1] += 1
    found = [_precision(rule, right, wrong) for rule, (right, wrong) in counts.items()]
    return sorted(found, key=lambda p: (p.low, p.rule))


def _precision(rule: str, right: int, wrong: int) -> Precision:
    low, high = wilson(right, right + wrong)
    return Precision(rule=rule, right=right, wrong=wrong, low=low, high=high)


def proposals(precisions: Iterable[Precision], rulebook: RuleBook) -> list[Proposal]:
    """A step down for each live rule that is mostly wrong here."""
    found = []
    for measured in precisions:
        loaded = rulebook.rule(measured.rule)
        if loaded is None or loaded.rule.status is not Status.LIVE:
            continue
        if mostly_wrong(measured.right, measured.wrong):
            steps = list(Severity)
            rank = loaded.rule.severity.rank
            total = measured.right + measured.wrong
            reason = f"{measured.wrong} of its last {total} findings were false alarms."
            lower = steps[rank - 1] if rank else None
            found.append(Proposal(rule=measured.rule, severity=lower, reason=reason))
    return found


def topics_of_rules(rulebook: RuleBook) -> dict[str, str]:
    """The topic of the head by which a rule finds, by rule; without rules whose score may mean something else."""
    found = {}
    for loaded in rulebook.rules:
        checks = list(loaded.rule.check.walk())
        topics = {check.topic for check in checks if isinstance(check, Means)}
        if len(topics) == 1 and not any(isinstance(check, _SCORED) for check in checks):
            found[loaded.id] = topics.pop()
    return found
