"""Judges what was pulled: tone, rules, cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

import structlog

from bot.jobs.work import Done, Work, each_apart
from bot.judging.surroundings import Models, StoredPosts, cached_reader, profile_of, surrounded
from bot.queue.port import Job, Subject
from policies.engine import Context
from policies.model.cases.machinery import NewCase
from policies.model.cases.unknown_signer import UNKNOWN_SIGNER
from policies.model.coverage import Unchecked, Why
from policies.model.finding import Severity
from policies.model.limits import judged_by
from policies.model.people import Person
from policies.needs import OUTSIDE, Need
from policies.scoring import Reading
from policies.served import LONGEST_JUDGED, is_cut, is_long
from policies.signing import stranger_of
from storage.views import Judgement, Recorded, StoredPost

log = structlog.get_logger(__name__)
BATCH = 64  #: posts judged in one transaction; the service stops between two of them
ASKING_BATCH = 16  #: the same where rules ask about links or pictures, which takes time for each post


def check(work: Work, brand: str, now: datetime, failures: int = 0) -> Done:
    """Judge a batch of what has not been judged; due at once again while there is more.

    So letters about what was found leave before the whole of a backlog is judged, and the service can stop.
    Who watches clients has them written.
    """
    _ = failures
    batch = judge_batch(work, brand, now)
    return Done(
        next_due_at=now if batch else now + work.intervals.check,
        wakes=(Job(name="watch", subject=Subject(brand=brand)),),
    )


def judge_batch(work: Work, brand: str, now: datetime) -> tuple[int, Recorded] | None:
    """Judge one batch; how many posts, and what it changed. None where nothing waits."""
    engine = work.engines[brand]
    waiting = work.store.posts.unjudged(brand, limit=ASKING_BATCH if engine.needs & OUTSIDE else BATCH)
    if not waiting:
        return None
    judgements = _judged(work, brand, waiting, now)
    recorded = work.store.judgements.record(brand, judgements, now=now)
    log.info(
        "judged", brand=brand, posts=len(waiting), new=recorded.new_findings, opened=len(recorded.opened)
    )
    return len(waiting), recorded


def _judged(work: Work, brand: str, posts: Sequence[StoredPost], now: datetime) -> list[Judgement]:
    """What rules and model say; a post at which they break is noted as not judged, and keeps no other.

    Where they break at each, it is not the posts: the job fails, and all of them are judged later.
    """
    return each_apart(
        posts,
        lambda some: judge(work, brand, some, now),
        lambda one: [_broken(work, brand, one)],
        lambda one: f"{brand}/{one.post.key}",
    )


def _broken(work: Work, brand: str, one: StoredPost) -> Judgement:
    """Stands for what nobody could judge."""
    return Judgement(
        post=one.post.key,
        revision=one.revision,
        policy_version=work.engines[brand].rulebook.version,
        scorer_version=work.scorer.version,
        findings=(),
        unchecked=(_note(one, Why.BROKEN, "broken", 1),),
    )


def judge(work: Work, brand: str, posts: Sequence[StoredPost], now: datetime) -> list[Judgement]:
    """What the rules and the model say of these posts. Stores readings, nothing else."""
    people, own = work.brands[brand].roster(), work.store.limits.in_force(brand)
    engine, read = work.engines[brand], cached_reader(work.store, work.scorer, work.clock)
    known = surrounded(
        engine,
        [stored.post for stored in posts if stored.post.deleted_at is None],
        StoredPosts(work.store),
        brand=profile_of(work.brands[brand], now, own),
        models=Models(read=read, embedder=work.embedder),
        facts=work.facts,
        now=now,
        also=frozenset({Need.READING}),
    )
    findings = {post.key: found for (post, _), found in zip(known, engine.check_many(known), strict=True)}
    contexts = {post.key: context for post, context in known}
    readings = read([stored.post.text for stored in posts])
    return [
        Judgement(
            post=stored.post.key,
            revision=stored.revision,
            policy_version=judged_by(engine.rulebook.version, own),
            scorer_version=work.scorer.version,
            findings=tuple(findings.get(stored.post.key, ())),
            reading=reading,
            cases=tuple(_asked(stored, people)),
            unchecked=tuple(_unchecked(stored, reading, contexts.get(stored.post.key, Context()))),
        )
        for stored, reading in zip(posts, readings, strict=True)
    ]


def _asked(stored: StoredPost, people: Sequence[Person]) -> Iterator[NewCase]:
    """What a post makes somebody ask beside what rules say of it."""
    mark = stranger_of(stored.post.text, people) if stored.post.outbound else None
    if mark:
        yield NewCase(kind=UNKNOWN_SIGNER, subject=mark, severity=Severity.WARN)


def _unchecked(stored: StoredPost, reading: Reading, context: Context) -> Iterator[Unchecked]:
    """What could not be judged of a post; the same cause is the same note."""
    if not reading.readable:
        yield _note(stored, Why.LANGUAGE, "language", 1, parts={"language": reading.language or "?"})
    links = Counter(state.reason for state in context.links.values() if state.alive is None)
    for reason, count in links.items():
        yield _note(stored, Why.LINKS, "links", count, detail=reason)
    pictures = Counter(state.reason for state in context.pictures.values() if state.words is None)
    for reason, count in pictures.items():
        yield _note(stored, Why.PICTURES, "pictures", count, detail=reason)
    if is_long(stored.post):
        yield _note(stored, Why.LONG, "long", 1, parts={"most": LONGEST_JUDGED})
    if stored.post.outbound and is_cut(stored.post):
        yield _note(stored, Why.CUT, "cut", 1)


def _note(
    stored: StoredPost,
    why: Why,
    code: str,
    count: int,
    *,
    parts: Mapping[str, str | int] = MappingProxyType({}),
    detail: str = "",
) -> Unchecked:
    post = stored.post
    return Unchecked(
        why=why,
        platform=post.key.platform,
        account=post.key.account,
        code=code,
        parts=parts,
        detail=detail,
        since=post.created_at,
        until=post.created_at,
        count=count,
    )
