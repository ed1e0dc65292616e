"""`oversight policy explain` and `backtest`: rules tried on one post, or on all of a while."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import track

from bot.commands.common import printable, show_table
from bot.commands.rules.tools import (
    fetch_option,
    load_book,
    models_for,
    own_limits,
    pack_option,
    tools,
)
from bot.judging.surroundings import Models, StoredPosts, cached_reader, profile_of, surrounded
from policies import compare
from policies.durations import parse_duration
from policies.engine import Context, Engine
from policies.import_format import Fill, post_of_text
from policies.model.keys import PostKey
from policies.model.post import Post
from policies.needs import Need
from policies.surroundings import BrandProfile, PostsInHand, PostSource

if TYPE_CHECKING:
    from bot.judging.facts.find import Facts
    from bot.settings.brand import Brand
    from storage.store import Store

MOST_THREADS = 1_000_000  #: conversations that a backtest reads
BATCH = 256  #: posts whose surroundings are gathered at once


@click.command()
@click.argument("post")
@pack_option
@click.option("--all", "everything", is_flag=True, help="Also rules that are for other posts.")
@fetch_option
def explain(post: str, packs: tuple[str, ...], everything: bool, fetch: bool) -> None:
    """Say of each rule why it fired or not. POST is platform/account/id of a stored post, or a text."""
    facts = tools().make_facts() if fetch else None
    key = PostKey.parse(post)
    if key is None or tools().open_store is None:
        item = post_of_text(post, Fill(number=1, now=datetime.now(UTC)))
        brand = tools().brand()
        engine = Engine(load_book(packs, brand))
        known = _known(engine, [item], brand, PostsInHand([item]), _models(engine.needs), facts)
    else:
        with tools().store() as store:
            found = store.posts.get(key)
            if found is None:
                raise click.UsageError(f"The store does not hold {key}.")
            brand = tools().brands().get(found.brand)
            engine = Engine(load_book(packs, brand))
            models = _models(engine.needs, store)
            known = _known(engine, [found.post], brand, StoredPosts(store), models, facts)
    bases = {
        rule.id: f" (extends {rule.rule.extends})" for rule in engine.rulebook.rules if rule.rule.extends
    }
    rows = [
        ["fired" if e.fired else "skipped" if e.skipped else "", e.rule + bases.get(e.rule, ""), e.reason, e.matched,
         "" if e.score is None else f"{e.score:.2f}", e.version]
        for e in engine.explain(*known[0])
        if everything or not e.reason.startswith("it is for")
    ]  # fmt: skip
    show_table(["", "rule", "reason", "words", "score", "version"], rows)


def _models(needs: frozenset[Need], store: Store | None = None) -> Models:
    """The models that rules with these needs ask; readings of stored posts are taken from the store."""
    scorer, embedder = models_for(needs)
    if scorer is None:
        return Models(embedder=embedder)
    read = cached_reader(store, scorer, lambda: datetime.now(UTC)) if store else scorer.read
    return Models(read=read, embedder=embedder)


def _known(
    engine: Engine,
    posts: Sequence[Post],
    brand: Brand | None,
    source: PostSource,
    models: Models,
    facts: Facts | None = None,
) -> list[tuple[Post, Context]]:
    now = datetime.now(UTC)
    own = own_limits(brand, engine.rulebook)
    profile = profile_of(brand, now, own) if brand else BrandProfile()
    return surrounded(engine, posts, source, brand=profile, models=models, facts=facts, now=now)


def _since(_: click.Context, __: click.Parameter, value: str) -> timedelta:
    try:
        return parse_duration(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command()
@click.option("--since", default="90d", callback=_since, help="How far back, for instance 90d.")
@pack_option
def backtest(since: timedelta, packs: tuple[str, ...]) -> None:
    """Try rules on stored posts, and compare them with the rules in force."""
    with tools().store() as store:
        brand = tools().brand()
        new, old = Engine(load_book(packs, brand)), Engine(load_book((), brand))
        started = time.perf_counter()
        posts = list(_past(store, new, old, since))
        shown = track(posts, description="Judging", console=Console(stderr=True), transient=True)
        count, hits = compare.backtest(shown, new, old)
    spent = time.perf_counter() - started
    show_table(
        ["rule", "severity", "hits", "new", "gone"],
        [[h.rule, h.severity.value, str(h.hits), f"+{h.only_new}", f"-{h.gone}"] for h in hits],
    )
    for hit in hits:
        for sample in hit.samples:
            click.echo(printable(f"{hit.rule}: {sample.post}: {sample.message}"))
    click.echo(f"{count} posts in {spent:.1f} s, {1000 * spent / max(count, 1):.2f} ms each.")


def _past(store: Store, new: Engine, old: Engine, since: timedelta) -> Iterator[tuple[Post, Context]]:
    """What was published and said since, brand by brand, with what both books need to know around it."""
    now, models = datetime.now(UTC), _models(new.needs | old.needs, store)
    for name, brand in tools().brands().items():
        views = store.periods.threads(name, since=now - since, until=now, limit=MOST_THREADS)
        posts = [post for view in views for post in view.thread.posts if post.created_at >= now - since]
        for start in range(0, len(posts), BATCH):
            yield from surrounded(
                new,
                posts[start : start + BATCH],
                StoredPosts(store),
                brand=profile_of(brand, now, store.limits.in_force(name)),
                models=models,
                facts=None,
                now=now,
                others=(old,),
            )
