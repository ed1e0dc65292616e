"""Ties `policy` and `lint` to a home folder: the brand's packs, its models, its stored posts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import click

from bot.commands.common import Session
from bot.commands.learned import learned
from bot.commands.linting import lint
from bot.commands.rule_tools import Models, PolicyTools
from bot.commands.rules import policy
from bot.settings.brand import Brand
from bot.settings.home import learned_file
from bot.wiring import utc_now
from policies.engine import Context
from policies.learned import Lesson, read_lessons
from policies.loader import DEFAULT_PACKS
from policies.model.keys import PostKey
from policies.model.post import Post
from policies.scoring import Embedder
from storage.views import ThreadView

__all__ = ["lint", "policy"]
MOST_THREADS = 1_000_000


def _session() -> Session:
    return click.get_current_context().find_object(Session) or Session(Path())


def _models() -> Models:
    return _session().models


def _packs() -> Sequence[Path | str]:
    """The packs of the brand; the default ones where it is not clear which is meant."""
    brand = _brand()
    return brand.packs(_session().path) if brand else DEFAULT_PACKS


def _brand() -> Brand | None:
    """The brand that --brand names, or the only one there is."""
    name = click.get_current_context().params.get("brand")
    if name is not None:
        return _session().brand(name)
    brands = list(_session().home.brands.values())
    return brands[0] if len(brands) == 1 else None


def _lessons() -> Sequence[Lesson]:
    """The examples from the verdicts on the brand's posts. Raises `BadYaml`."""
    brand = _brand()
    return read_lessons(learned_file(_session().path, brand.brand)) if brand else ()


def _history(since: datetime) -> Iterator[tuple[Post, Context]]:
    """What was published since, with its conversation, brand by brand."""
    session, (_, embedder) = _session(), _models()
    with session.store() as store:
        for brand in session.home.brands:
            for view in store.periods.threads(brand, since=since, until=utc_now(), limit=MOST_THREADS):
                for post in view.thread.posts:
                    if post.created_at >= since:
                        yield post, _context(view, post, embedder)


def _find(name: str) -> tuple[Post, Context] | None:
    """A stored post by ``platform/account/id``."""
    parts = name.split("/", 2)
    if len(parts) != 3 or any(" " in part for part in parts):
        return None
    key = PostKey(platform=parts[0], account=parts[1], external_id=parts[2])
    with _session().store() as store:
        stored = store.posts.get(key)
        thread = store.posts.thread(stored.post.thread_key) if stored else None
    if stored is None or thread is None:
        return None
    scorer, embedder = _models()
    tones = scorer.read([post.text for post in thread.posts]) if scorer else []
    readings = dict(zip([post.key for post in thread.posts], tones, strict=False))
    context = Context(reading=readings.get(key), thread=thread, readings=readings, embedder=embedder)
    return stored.post, context


def _context(view: ThreadView, post: Post, embedder: Embedder | None) -> Context:
    return Context(
        reading=view.readings.get(post.key), thread=view.thread, readings=view.readings, embedder=embedder
    )


_TOOLS = PolicyTools(make_scorer=_models, packs=_packs, history=_history, find=_find, lessons=_lessons)
policy.add_command(learned)
for _command in (policy, lint):
    _command.context_settings["obj"] = _TOOLS
