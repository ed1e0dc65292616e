"""Watches how clients stand, and tells the owner when it cannot wait: danger, a wait that is too long."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

import structlog

from bot.jobs.work import Done, Work, each_apart
from bot.judging.surroundings import cached_reader
from bot.queue.port import EVERYTHING, Job
from bot.settings.brand import Brand
from policies.model.coverage import Unchecked, Why
from policies.model.keys import StreamKey, ThreadKey
from policies.model.thread import Thread
from policies.scoring import Embedder
from policies.served import is_withdrawn, own_words
from policies.threads.asking import HISTORY
from policies.threads.conversations import Conversation, conversations
from policies.threads.crises import FEWEST, USUAL, Upset, by_words, crises
from policies.vectors import Matrix, Vectors
from storage.conversation_views import AssessedConversation, KeptConversations, SteppedCase

log = structlog.get_logger(__name__)
SKEW = timedelta(minutes=10)  #: how far a platform's clock may be ahead of ours
MOST_COMPLAINTS = 1_000  #: of the last weeks that say what is usual, the gravest
BATCH = 100  #: threads assessed in one transaction

_KNOWN: dict[str, Vectors] = {}  # by the version of the model


def watch(work: Work, brand: str, now: datetime, failures: int = 0) -> Done:
    """Assess a batch of what changed, or where a promise ran out; due at once again while there is more."""
    _ = failures
    watched = assess_batch(work, brand, now)
    if watched is None or watched.opened:
        find_crises(work, brand, now)
    late = work.store.conversations.next_late(brand)
    regular = now + work.intervals.watch
    following = min(regular, max(late, now)) if late else regular
    return Done(
        next_due_at=now if watched else following,
        wakes=(Job(name="outbox", subject=EVERYTHING),) if work.store.news.untold(brand) else (),
    )


def assess_batch(work: Work, brand: str, now: datetime) -> KeptConversations | None:
    """Assess one batch of threads; None where nothing waits to be looked at."""
    store = work.store.conversations
    touched = store.touched(brand, limit=BATCH)
    threads = dict.fromkeys(store.grown_late(brand, now=now, limit=BATCH), 0) | touched
    if not threads:
        return None
    assessed = _assessed(work, brand, threads, now)
    watched = store.keep(
        brand, assessed, threads=threads, scorer_version=(work.exchanges or work.scorer).version, now=now
    )
    log.info(
        "watched",
        brand=brand,
        conversations=len(assessed),
        opened=len(watched.opened),
        settled=len(watched.settled),
        told=watched.told,
    )
    return watched


def _assessed(
    work: Work, brand: str, threads: Collection[ThreadKey], now: datetime
) -> list[AssessedConversation]:
    """How clients stand; a thread that breaks the assessing is noted as not judged, and keeps no other.

    Where each of them breaks it, it is not the threads: the job fails, and all of them are assessed later.
    """
    return each_apart(
        list(threads),
        lambda some: list(assess(work, work.brands[brand], some, now)),
        lambda key: _broken(work, brand, key, now),
        str,
    )


def _broken(work: Work, brand: str, key: ThreadKey, now: datetime) -> list[AssessedConversation]:
    """Notes what nobody could assess."""
    account, stream = key.account, StreamKey(account=key.account, stream="threads")
    note = Unchecked(
        why=Why.BROKEN, platform=account.platform, account=account.handle, code="broken", count=1
    )
    work.store.posts.save(brand, stream, (), cursor=None, unchecked=(note,), now=now)
    return []


def assess(
    work: Work, config: Brand, keys: Iterable[ThreadKey], now: datetime
) -> Iterator[AssessedConversation]:
    """How each client in these threads stands, and where a step was taken on their case, what came after it."""
    threads = work.store.posts.threads(keys)
    stepped = work.store.conversations.stepped(threads)
    parts = {who: part for who, case in stepped.items() if (part := _after(threads[who[0]], case))}
    fresh = {
        who: one
        for who, part in parts.items()
        for one in _stand(work, config, [part], now)
        if one.asker == who[1]
    }
    for one in _stand(work, config, threads.values(), now):
        who = (one.thread, one.asker)
        yield AssessedConversation(
            whole=one, fresh=fresh.get(who), stepped_at=stepped[who].at if who in stepped else None
        )


def _stand(work: Work, config: Brand, threads: Collection[Thread], now: datetime) -> list[Conversation]:
    ahead = (post.created_at for thread in threads for post in thread.posts)
    now = max([now, *(at for at in ahead if at <= now + SKEW)])
    return conversations(
        threads,
        cached_reader(work.store, work.scorer, work.clock),
        hours=config.business_hours(now),
        now=now,
        promise=config.answer_within,
        people=config.roster(),
        read_exchanges=cached_reader(work.store, work.exchanges, work.clock) if work.exchanges else None,
    )


def _after(thread: Thread, case: SteppedCase) -> Thread | None:
    """The part of a thread that nobody had seen when the step was taken."""
    posts = tuple(post for post in thread.posts if post.key in case.fresh)
    return Thread(thread_id=thread.thread_id, posts=posts) if posts else None


def find_crises(work: Work, brand: str, now: datetime) -> int:
    """Look for several clients who are upset about one thing; how many crises began or grew."""
    store = work.store.conversations
    lately = now - HISTORY
    if store.count(brand, since=lately, complaints=True) < FEWEST:
        return 0
    found = store.find(brand, since=now - USUAL - HISTORY, complaints=True, limit=MOST_COMPLAINTS)
    spoken = (view for view in found if not is_withdrawn(view.latest))  # there are no words to compare
    views = sorted(spoken, key=lambda view: (view.latest.created_at, view.id))
    if len(views) < FEWEST:
        return 0
    upset = [
        Upset(
            id=view.id,
            client=f"{view.thread.account.platform}/{view.asker}",
            at=view.latest.created_at,
            crisis=view.crisis,
        )
        for view in views
    ]
    texts = [own_words(view.latest) for view in views]
    vectors = _placed(work.embedder, texts) if work.embedder else by_words(texts)
    begun = crises(upset, vectors, since=lately, watched_since=min(view.asked.created_at for view in views))
    for crisis in begun:
        told = store.join_crisis(brand, crisis.began, crisis.joined, now=now)
        log.info("crisis", brand=brand, clients=len(crisis.joined), told=told)
    return len(begun)


def _placed(embedder: Embedder, texts: Sequence[str]) -> Matrix:
    """Vectors of texts, each computed once in the life of the process."""
    known = _KNOWN.setdefault(embedder.version, Vectors(embedder))
    return known.of(texts)
