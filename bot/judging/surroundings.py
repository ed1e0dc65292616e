"""What is known around a post: from the store or from posts in hand, and from brand.yaml.

The service, `lint`, `policy explain`, `backtest` and `import` all judge what `surrounded` gives; the rule cases are run
on the same `Gatherer`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.connectors import SITES, site_of
from policies.engine import Context, Engine
from policies.model.keys import AccountKey, ThreadKey
from policies.model.limits import TopicLimits
from policies.model.post import Post
from policies.model.thread import Thread
from policies.needs import Need
from policies.scoring import Embedder, Reading, Scorer
from policies.surroundings import BrandProfile, Gatherer, PostSource, Reader
from policies.view import PAID

if TYPE_CHECKING:
    from bot.judging.facts.find import Facts
    from bot.settings.brand import Brand
    from storage.store import Store

#: Surroundings that cost neither a model nor the network, for `lint --explain`.
CHEAP = frozenset({Need.THREAD, Need.HISTORY, Need.PEOPLE, Need.HOURS, Need.CAMPAIGN, Need.LABELS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """What reads texts."""

    read: Reader | None = None  #: tone and language; None where there is no tone model
    embedder: Embedder | None = None  #: meaning; None where there is no sentence model


class StoredPosts:
    """The store, as the source of what surrounds posts: a query for a batch."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def threads(self, keys: Collection[ThreadKey]) -> Mapping[ThreadKey, Thread]:
        """The conversations that are stored."""
        return self._store.posts.threads(sorted(keys))

    def history(self, account: AccountKey, since: datetime, until: datetime) -> Sequence[Post]:
        """What the account published in time, and the last post before."""
        return self._store.posts.history(account, since=since, until=until)


def surrounded(
    engine: Engine,
    posts: Sequence[Post],
    source: PostSource,
    *,
    brand: BrandProfile,
    models: Models,
    facts: Facts | None,
    now: datetime,
    others: Sequence[Engine] = (),
    also: frozenset[Need] = frozenset(),
) -> list[tuple[Post, Context]]:
    """Posts with all that the rules need to know around them, and with what ``also`` names.

    ``others`` are engines that judge the same posts besides.

    Where links lead and what stands in pictures is only asked where ``facts`` are given.
    """
    gatherer = Gatherer(
        needs=also.union(*(one.needs for one in (engine, *others))),
        looks_back=max(one.looks_back for one in (engine, *others)),
        source=source,
        brand=brand,
        read=models.read,
        embedder=models.embedder,
        labels=labels_of,
    )
    known = list(zip(posts, gatherer.around(posts), strict=True))
    return facts.add(engine, known, now) if facts else known


def profile_of(
    brand: Brand, now: datetime, limits: Mapping[str, TopicLimits] = MappingProxyType({})
) -> BrandProfile:
    """What brand.yaml says of whoever published, with the public holidays around this UTC time.

    ``limits`` are what its owner's verdicts have made of the topics', as the store has them.
    """
    return BrandProfile(
        limits=limits,
        people=brand.roster(),
        hours=brand.business_hours(now),
        campaigns=[entry.value() for entry in brand.campaigns],
    )


def labels_of(post: Post) -> frozenset[str]:
    """What its platform shows on a post: `PAID`, and what an import lists as ``labels`` under ``raw``."""
    listed = post.raw.get("labels")
    labels = {name for name in listed if isinstance(name, str)} if isinstance(listed, list) else set()
    if post.key.platform in SITES and any(
        _at(post.raw, mark) for mark in site_of(post.key.platform).paid_marks
    ):
        labels.add(PAID)
    return frozenset(labels)


def _at(raw: Mapping[str, object], path: str) -> bool:
    """Whether a field of what the platform sent is true; ``path`` has its names, parted by dots."""
    value: object = raw
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value is True


def cached_reader(store: Store, scorer: Scorer, clock: Callable[[], datetime]) -> Reader:
    """Reads texts with a scorer; texts that the store knows are not read again."""

    def read(texts: Sequence[str]) -> Sequence[Reading]:
        hashes = [text_hash(text) for text in texts]
        known = store.judgements.readings(hashes, scorer.version)
        missing = {h: text for h, text in zip(hashes, texts, strict=True) if h not in known}
        if missing:
            fresh = dict(zip(missing, scorer.read(list(missing.values())), strict=True))
            store.judgements.save_readings(fresh, scorer.version, now=clock())
            known = {**known, **fresh}
        return [known[h] for h in hashes]

    return read


def text_hash(text: str) -> str:
    """Name of a text in the score cache."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
