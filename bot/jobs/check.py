"""Judges what was pulled: tone, rules, cases."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import structlog

from bot.jobs.work import Done, Work
from bot.queue.port import EVERYTHING, Job
from policies.engine import Context
from policies.model.coverage import Unchecked, Why
from policies.model.finding import Finding
from policies.model.keys import PostKey, ThreadKey
from policies.model.thread import Thread
from policies.needs import OUTSIDE
from policies.scoring import Reading
from storage.views import Judgement, Recorded, StoredPost

log = structlog.get_logger(__name__)
BATCH = 256  #: posts judged in one transaction
ASKING_BATCH = 16  #: the same where rules ask about links or pictures, which takes time for each post


def check(work: Work, brand: str, now: datetime, failures: int = 0) -> Done:
    """Judge everything that has not been judged, batch after batch."""
    _ = failures
    alerts = 0
    while batch := judge_batch(work, brand, now):
        alerts += batch[1].alerts
    return Done(
        next_due_at=now + work.cadence.check,
        wakes=(Job(name="outbox", subject=EVERYTHING),) if alerts else (),
    )


def judge_batch(work: Work, brand: str, now: datetime) -> tuple[int, Recorded] | None:
    """Judge one batch; how many posts, and what it changed. None where nothing waits."""
    engine = work.engines[brand]
    waiting = work.store.posts.unjudged(brand, limit=ASKING_BATCH if engine.needs & OUTSIDE else BATCH)
    if not waiting:
        return None
    judgements = judge(work, brand, waiting, now)
    recorded = work.store.judgements.record(brand, judgements, now=now)
    log.info(
        "judged", brand=brand, posts=len(waiting), new=recorded.new_findings, opened=len(recorded.opened)
    )
    return len(waiting), recorded


def judge(work: Work, brand: str, posts: Sequence[StoredPost], now: datetime) -> list[Judgement]:
    """What the rules and the model say of these posts. Stores readings, nothing else."""
    readings = read(work, [stored.post.text for stored in posts])
    tones = {s.post.key: reading for s, reading in zip(posts, readings, strict=True)}
    threads = _threads(work, posts)
    for key, reading in _tones_of(work, threads.values()).items():
        tones.setdefault(key, reading)
    people, hours = work.brands[brand].roster(), work.brands[brand].business_hours(now)
    standing = [stored for stored in posts if stored.post.deleted_at is None]
    contexts = [
        Context(
            reading=tones[stored.post.key],
            thread=threads.get(stored.post.thread_key),
            readings=tones,
            people=people,
            hours=hours,
            embedder=work.embedder,
        )
        for stored in standing
    ]
    engine = work.engines[brand]
    batch = work.facts.add(engine, list(zip([s.post for s in standing], contexts, strict=True)), now)
    findings = {post.key: tuple(f) for (post, _), f in zip(batch, engine.check_many(batch), strict=True)}
    known = {post.key: context for post, context in batch}
    return [
        _judgement(work, brand, s, known.get(s.post.key, Context()), tones[s.post.key], findings)
        for s in posts
    ]


def _judgement(
    work: Work,
    brand: str,
    stored: StoredPost,
    context: Context,
    reading: Reading,
    findings: Mapping[PostKey, tuple[Finding, ...]],
) -> Judgement:
    return Judgement(
        post=stored.post.key,
        revision=stored.revision,
        policy_version=work.engines[brand].rulebook.version,
        scorer_version=work.scorer.version,
        findings=findings.get(stored.post.key, ()),
        reading=reading,
        unchecked=tuple(_unchecked(stored, reading, context)),
    )


def read(work: Work, texts: Sequence[str]) -> list[Reading]:
    """One reading per text; texts that the store knows are not read again."""
    hashes = [text_hash(text) for text in texts]
    known = work.store.judgements.readings(hashes, work.scorer.version)
    missing = {h: text for h, text in zip(hashes, texts, strict=True) if h not in known}
    if missing:
        fresh = dict(zip(missing, work.scorer.read(list(missing.values())), strict=True))
        work.store.judgements.save_readings(fresh, work.scorer.version, now=work.clock())
        known = {**known, **fresh}
    return [known[h] for h in hashes]


def text_hash(text: str) -> str:
    """Name of a text in the score cache."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _threads(work: Work, posts: Sequence[StoredPost]) -> dict[ThreadKey, Thread]:
    return work.store.posts.threads(s.post.thread_key for s in posts if s.post.parent_id or s.post.outbound)


def _tones_of(work: Work, threads: Iterable[Thread]) -> dict[PostKey, Reading]:
    posts = [p for thread in threads for p in thread.posts if not p.outbound]
    return dict(zip([p.key for p in posts], read(work, [p.text for p in posts]), strict=True))


def _unchecked(stored: StoredPost, reading: Reading, context: Context) -> Iterator[Unchecked]:
    """What could not be judged of a post, in sentences that are the same for the same cause."""
    if not reading.readable:
        language = reading.language or "unknown"
        yield _note(
            stored, Why.LANGUAGE, f"Written in a language that the tone model does not read ({language}).", 1
        )
    links = Counter(state.reason for state in context.links.values() if state.alive is None)
    for reason, count in links.items():
        yield _note(stored, Why.LINKS, f"A rule asks where links lead, but: {reason}.", count)
    pictures = Counter(state.reason for state in context.pictures.values() if state.words is None)
    for reason, count in pictures.items():
        yield _note(stored, Why.PICTURES, f"A rule asks what stands in pictures, but: {reason}.", count)


def _note(stored: StoredPost, why: Why, detail: str, count: int) -> Unchecked:
    post = stored.post
    return Unchecked(
        why=why,
        platform=post.key.platform,
        account=post.key.account,
        detail=detail,
        since=post.created_at,
        until=post.created_at,
        count=count,
    )
