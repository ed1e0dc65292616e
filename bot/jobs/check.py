"""Judges what was pulled: tone, rules, cases."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

import structlog

from bot.jobs.work import Done, Work
from policies.engine import Context
from policies.model.coverage import Unchecked, Why
from policies.model.finding import Finding
from policies.model.post import PostKey, Thread
from policies.scoring import Reading
from storage.views import Judgement, Recorded, StoredPost

log = structlog.get_logger(__name__)
BATCH = 256  #: posts judged in one transaction


def check(work: Work, brand: str, now: datetime, failures: int = 0) -> Done:
    """Judge everything that has not been judged, batch after batch."""
    _ = failures
    alerts = 0
    while batch := judge_batch(work, brand, now):
        alerts += batch[1].alerts
    return Done(next_due_at=now + work.cadence.check, wakes=(("outbox", "all"),) if alerts else ())


def judge_batch(work: Work, brand: str, now: datetime) -> tuple[int, Recorded] | None:
    """Judge one batch; how many posts, and what it changed. None where nothing waits."""
    version = work.engines[brand].rulebook.version
    waiting = work.store.unjudged(
        brand, policy_version=version, scorer_version=work.scorer.version, limit=BATCH
    )
    if not waiting:
        return None
    judgements = judge(work, brand, waiting, now)
    recorded = work.store.record(brand, judgements, now=now)
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
            thread=threads.get(_thread_key(stored)),
            readings=tones,
            people=people,
            hours=hours,
            embedder=work.embedder,
        )
        for stored in standing
    ]
    found = work.engines[brand].check_many(
        (stored.post, context) for stored, context in zip(standing, contexts, strict=True)
    )
    findings = {stored.post.key: tuple(f) for stored, f in zip(standing, found, strict=True)}
    return [_judgement(work, brand, s, tones[s.post.key], findings.get(s.post.key, ())) for s in posts]


def _judgement(
    work: Work, brand: str, stored: StoredPost, reading: Reading, findings: tuple[Finding, ...]
) -> Judgement:
    return Judgement(
        post=stored.post.key,
        revision=stored.revision,
        policy_version=work.engines[brand].rulebook.version,
        scorer_version=work.scorer.version,
        findings=findings,
        reading=reading,
        unchecked=_unread(stored, reading),
    )


def read(work: Work, texts: Sequence[str]) -> list[Reading]:
    """One reading per text; texts that the store knows are not read again."""
    hashes = [text_hash(text) for text in texts]
    known = work.store.readings(hashes, work.scorer.version)
    missing = {h: text for h, text in zip(hashes, texts, strict=True) if h not in known}
    if missing:
        fresh = dict(zip(missing, work.scorer.read(list(missing.values())), strict=True))
        work.store.save_readings(fresh, work.scorer.version, now=work.clock())
        known = {**known, **fresh}
    return [known[h] for h in hashes]


def text_hash(text: str) -> str:
    """Name of a text in the score cache."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _thread_key(stored: StoredPost) -> tuple[str, str, str]:
    key = stored.post.key
    return key.platform, key.account, stored.post.thread_id


def _threads(work: Work, posts: Sequence[StoredPost]) -> dict[tuple[str, str, str], Thread]:
    wanted = {_thread_key(s) for s in posts if s.post.parent_id or s.post.outbound}
    found = {key: work.store.thread(*key) for key in sorted(wanted)}
    return {key: thread for key, thread in found.items() if thread}


def _tones_of(work: Work, threads: Iterable[Thread]) -> dict[PostKey, Reading]:
    posts = [p for thread in threads for p in thread.posts if not p.outbound]
    return dict(zip([p.key for p in posts], read(work, [p.text for p in posts]), strict=True))


def _unread(stored: StoredPost, reading: Reading) -> tuple[Unchecked, ...]:
    if reading.readable:
        return ()
    post = stored.post
    note = Unchecked(
        why=Why.LANGUAGE,
        platform=post.key.platform,
        account=post.key.account,
        detail=f"Written in a language that the tone model does not read ({reading.language or 'unknown'}).",
        since=post.created_at,
        until=post.created_at,
        count=1,
    )
    return (note,)
