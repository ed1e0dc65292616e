"""Judges posts by a rule book.

All words and patterns of all rules are looked for in one pass; only rules for which something fired, and rules that
look at something else than words, are looked at more closely. A rule book with a thousand rules costs little more
than one with a hundred.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from policies.checks.base import Check, Matcher, Outcome
from policies.checks.means import Means, topics_of
from policies.checks.similar import Similar
from policies.facts import NOTHING, Wanted
from policies.masking import masked_words
from policies.matching.index import IndexBuilder
from policies.model.finding import Finding, Severity, Span
from policies.model.people import Role
from policies.model.post import Post
from policies.needs import OUTSIDE, Need
from policies.rulebook import LoadedRule, RuleBook
from policies.rules import Status
from policies.topics import Verdict, meaning
from policies.vectors import Vectors
from policies.view import EMPTY, Context, View

__all__ = ["Context", "Engine", "Explanation"]

#: Longest text of the matched words that a finding carries, characters.
MAX_MATCHED = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What one rule made of a post, and why."""

    rule: str
    title: str
    pack: str
    version: str  #: of the rule, as judged
    fired: bool
    reason: str  #: why it fired, or why not
    spans: tuple[Span, ...] = ()
    matched: str = ""
    score: float | None = None
    skipped: bool = False  #: something it needs to know was not known
    question: bool = False  #: it asks rather than says


@dataclass(frozen=True, slots=True)
class _Ready:
    """A rule with its matchers."""

    loaded: LoadedRule
    check: Matcher
    unless: tuple[Matcher, ...]
    pack_version: str
    asking: tuple[Check, ...]  #: its checks that ask about the outside
    authors: frozenset[Role]  #: for whose posts of the brand it is


class Engine:
    """A rule book, ready to judge. Building it takes a moment; judging is quick. Safe to share between threads."""

    def __init__(self, rulebook: RuleBook) -> None:
        self.rulebook = rulebook
        builder = IndexBuilder()
        versions = {pack.name: pack.version for pack in rulebook.packs}
        self._ready = [
            _Ready(
                loaded,
                loaded.rule.check.matcher(builder),
                tuple(condition.matcher(builder) for condition in loaded.rule.unless),
                versions[loaded.pack],
                tuple(check for check in loaded.checks() if check.needs & OUTSIDE),
                loaded.rule.applies.authors(loaded.rule.check),
            )
            for loaded in rulebook.in_force
        ]
        self._index = builder.build()
        self._by_id = {ready.loaded.id: ready for ready in self._ready}
        self._by_slot: dict[int, list[int]] = defaultdict(list)
        self._always: list[int] = []
        for number, ready in enumerate(self._ready):
            triggers = ready.check.triggers
            if triggers is None:
                self._always.append(number)
            for slot in triggers or ():
                self._by_slot[slot].append(number)
        self.needs = rulebook.needs
        self.looks_back = rulebook.looks_back
        self._suppressions = rulebook.suppressions
        checks = [check for rule in rulebook.in_force for check in rule.checks()]
        self._similar = [check for check in checks if isinstance(check, Similar)]
        self._means = any(isinstance(check, Means) for check in checks)
        self._vectors: tuple[object, Vectors] | None = None

    def check(self, post: Post, context: Context = EMPTY) -> list[Finding]:
        """What the rules have to say of a post, worst first."""
        return self._checked(self._view(post, context))

    def _checked(self, view: View) -> list[Finding]:
        findings = [
            self._finding(ready, view, outcome)
            for ready in self._candidates(view)
            if _not_for(ready, view) is None and (outcome := _judge(ready, view)).matched
        ]
        kept = [finding for finding in findings if not self._excused(finding, view.post)]
        return sorted(kept, key=lambda finding: (-finding.severity.rank, finding.rule))

    def check_many(self, posts: Iterable[tuple[Post, Context]]) -> Iterator[list[Finding]]:
        """One list of findings per post, in order. What is compared by meaning is looked at together first."""
        views = [self._view(post, context) for post, context in posts]
        self._look_ahead([view for view in views if view.post.outbound and view.vectors is not None])
        for view in views:
            yield self._checked(view)

    def _look_ahead(self, views: Sequence[View]) -> None:
        """Let the model and the examples see the texts of many posts at once: one pass costs less than one for each."""
        if Need.MEANING not in self.needs:
            return
        for vectors in {id(view.vectors): view.vectors for view in views}.values():
            if vectors is None:
                continue
            mine = [view for view in views if view.vectors is vectors]
            compared = [view.plain(span) for view in mine for span in view.compared] if self._similar else []
            meant = [meaning(view) for view in mine] if self._means else []
            vectors.of([*compared, *(text for one in meant for text in one.texts)])
            vectors.pairs([one.pair for one in meant])
            for check in self._similar:
                check.learner.scores(compared, vectors)

    def topics(self, post: Post, context: Context = EMPTY) -> Mapping[str, Verdict]:
        """What the trained heads say of a post, whether or not a rule asks; nothing where they cannot read it."""
        found = topics_of(self._view(post, context))
        return {} if isinstance(found, Outcome) else found

    def wanted(self, post: Post, context: Context = EMPTY) -> Wanted:
        """What the rules that are for a post want to know about the outside."""
        if not self.needs & OUTSIDE:
            return NOTHING
        view = self._view(post, context)
        asking = [ready for ready in self._candidates(view) if ready.asking and not _not_for(ready, view)]
        return reduce(or_, (check.wanted(post) for ready in asking for check in ready.asking), NOTHING)

    def explain(
        self, post: Post, context: Context = EMPTY, *, only: Collection[str] | None = None
    ) -> list[Explanation]:
        """What every rule made of a post, in the order of the rule book; ``only`` names the rules to ask."""
        view = self._view(post, context)
        asked = [loaded for loaded in self.rulebook.rules if only is None or loaded.id in only]
        return [
            self._explanation(ready, view) if (ready := self._by_id.get(loaded.id)) else _retired(loaded)
            for loaded in asked
        ]

    def _view(self, post: Post, context: Context) -> View:
        return View(post, context, self._index, self._vectors_of(context))

    def _vectors_of(self, context: Context) -> Vectors | None:
        if context.embedder is None:
            return None
        if self._vectors is None or self._vectors[0] is not context.embedder:
            self._vectors = context.embedder, Vectors(context.embedder)
        return self._vectors[1]

    def _candidates(self, view: View) -> list[_Ready]:
        slots = [*view.hits.words, *view.hits.patterns]
        numbers = {number for slot in slots for number in self._by_slot.get(slot, ())}
        return [self._ready[number] for number in sorted(numbers.union(self._always))]

    def _excused(self, finding: Finding, post: Post) -> bool:
        platform, at = post.key.platform, post.created_at
        return any(s.covers(finding.rule, finding.matched, platform, at) for s in self._suppressions)

    def _finding(self, ready: _Ready, view: View, outcome: Outcome) -> Finding:
        rule, matched = ready.loaded.rule, _matched(view, outcome)
        return Finding(
            rule=rule.id,
            title=rule.title,
            topic=rule.topic,
            severity=rule.severity,
            message=_message(ready.loaded, view, outcome, matched),
            why=rule.why,
            suggest=rule.suggest,
            policy=ready.loaded.pack,
            policy_version=ready.pack_version,
            post=view.post.key,
            spans=outcome.spans,
            matched=matched,
            score=outcome.score,
            shadow=rule.status is Status.SHADOW,
            question=outcome.question
            and rule.severity is not Severity.CRITICAL,  # what is urgent never waits
        )

    def _explanation(self, ready: _Ready, view: View) -> Explanation:
        refused = _not_for(ready, view)
        outcome = Outcome(matched=False, detail=refused) if refused else _judge(ready, view)
        return Explanation(
            rule=ready.loaded.id,
            title=ready.loaded.rule.title,
            pack=ready.loaded.pack,
            version=ready.loaded.version,
            fired=outcome.matched,
            reason=outcome.detail,
            spans=outcome.spans,
            matched=_matched(view, outcome),
            score=outcome.score,
            skipped=outcome.skipped,
            question=outcome.question,
        )


def _judge(ready: _Ready, view: View) -> Outcome:
    """The check, then its exceptions."""
    outcome = ready.check.look(view)
    if outcome.matched:
        for exception in ready.unless:
            excused = exception.look(view)
            if excused.matched:
                return Outcome(matched=False, detail=f"it would fire, unless: {excused.detail}")
    return outcome


def _not_for(ready: _Ready, view: View) -> str | None:
    """Why a rule is not for a post, or None where it is."""
    loaded = ready.loaded
    applies, post = loaded.rule.applies, view.post
    if applies.direction not in (None, post.direction):
        return f"it is for {applies.direction} posts"
    if applies.platform and post.key.platform not in applies.platform:
        return f"it is for {', '.join(applies.platform)}"
    if applies.kind and post.kind not in applies.kind:
        return f"it is for each {' or '.join(applies.kind)}"
    if applies.language and view.language and view.language not in applies.language:
        return f"it is for {', '.join(applies.language)}, and this is {view.language}"
    if applies.campaign and view.context.campaign not in applies.campaign:
        return f"it is for the campaign {' or '.join(applies.campaign)}"
    if post.outbound and view.role not in ready.authors:
        return f"it is for {' or '.join(sorted(ready.authors))}, and this is from the {view.role}"
    if not loaded.rule.when.covers(post.created_at):
        return "it was not in force when this was published"
    return None


def _matched(view: View, outcome: Outcome) -> str:
    return " … ".join(view.post.text[span.start : span.end] for span in outcome.spans)[:MAX_MATCHED]


def _message(loaded: LoadedRule, view: View, outcome: Outcome, matched: str) -> str:
    return loaded.rule.message(
        words=f"“{masked_words(matched, loaded.rule.topic)}”" if matched else outcome.detail,
        reason=outcome.detail,
        score="" if outcome.score is None else f"{outcome.score:.2f}",
        author=view.post.author,
        platform=view.post.key.platform,
        title=loaded.rule.title,
    )


def _retired(loaded: LoadedRule) -> Explanation:
    return Explanation(
        rule=loaded.id,
        title=loaded.rule.title,
        pack=loaded.pack,
        version=loaded.version,
        fired=False,
        reason="it is retired",
    )
