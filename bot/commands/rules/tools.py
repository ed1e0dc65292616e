"""What the commands about rules share: options, and what they get from the home folder."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.commands.common import Session
from policies.checks.means import Means
from policies.learned import Lesson, read_lessons
from policies.loader import PolicyErrors, load
from policies.located_yaml import BadYaml
from policies.needs import Need
from policies.rulebook import RuleBook
from policies.scoring import Embedder, Scorer
from policies.shipped import DEFAULT_PACKS
from policies.verdicts import floods

if TYPE_CHECKING:
    from bot.judging.facts.find import Facts
    from bot.settings.brand import Brand
    from policies.model.limits import TopicLimits
    from storage.store import Store

#: The tone model and the sentence model.
Pair = tuple[Scorer | None, Embedder | None]


def shipped_models() -> Pair:
    """The models that come with the program, opened late since that takes a second."""
    from bot.judging.scorers.onnx import OnnxScorer
    from bot.judging.scorers.similar import OnnxEmbedder

    return OnnxScorer(), OnnxEmbedder()


def open_facts() -> Facts:
    """Facts from the open internet, asked for late since few commands follow links."""
    from bot.judging.facts import find

    return find.open_facts()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTools:
    """What these commands get from around them. Without a home folder they judge by the packs that are named."""

    make_models: Callable[[], Pair] = shipped_models
    make_facts: Callable[[], Facts] = open_facts
    home: Path = field(
        default_factory=Path
    )  #: folder that the brands' own packs and learned examples are seen from
    brands: Callable[[], Mapping[str, Brand]] = dict  #: those of the home folder, by id
    limits: Callable[[Brand], Mapping[str, TopicLimits]] = (
        lambda _: {}
    )  #: what a brand's verdicts have made of the shipped ones
    open_store: Callable[[], AbstractContextManager[Store]] | None = None

    def brand(self) -> Brand | None:
        """The brand that --brand names, or the only one there is. Raises `click.UsageError` for an unknown one."""
        brands, name = self.brands(), click.get_current_context().params.get("brand")
        if name is not None and name not in brands:
            raise click.UsageError(
                f"There is no brand {name!r}. Known brands: {', '.join(sorted(brands)) or 'none'}."
            )
        return brands[name] if name else next(iter(brands.values())) if len(brands) == 1 else None

    def store(self) -> AbstractContextManager[Store]:
        """The store. Raises `click.UsageError` where there is none."""
        if self.open_store is None:
            raise click.UsageError("There is no store here. Name its folder with --home.")
        return self.open_store()


pack_option = click.option(
    "--pack", "packs", multiple=True, metavar="P", help="Shipped pack, folder or file; may be repeated."
)
fetch_option = click.option(
    "--fetch",
    is_flag=True,
    help="Follow links and read pictures where a rule asks about them; uses the network.",
)


def tools() -> RuleTools:
    """What the commands get from around them."""
    context = click.get_current_context()
    session = context.find_object(Session)
    if session is None:
        return context.find_object(RuleTools) or RuleTools()
    return RuleTools(
        make_models=lambda: session.models,
        home=session.path,
        brands=lambda: session.home.brands,
        limits=session.limits,
        open_store=session.store,
    )


def load_book(packs: Sequence[Path | str], brand: Brand | None = None, home: Path | None = None) -> RuleBook:
    """The rules of packs, or those of the brand; says what is wrong with them and ends the program."""
    ours = brand.packs(home or tools().home) if brand else DEFAULT_PACKS
    try:
        return load(list(packs) or list(ours))
    except PolicyErrors as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        sys.exit(2)


def own_limits(brand: Brand | None, book: RuleBook) -> Mapping[str, TopicLimits]:
    """The limits of a brand of the home folder, where a rule asks for any."""
    known = brand is not None and any(isinstance(check, Means) for check in book.checks())
    return tools().limits(brand) if brand and known else {}


def say_floods(found: Mapping[str, int], posts: int, advice: str) -> None:
    """Say on the error stream what is found in so many posts that it must be ordinary here, and what to set."""
    for name in floods(found, posts):
        click.echo(
            f"{found[name]} of {posts} posts would be flagged as {name}: for a business like yours that is ordinary. "
            f"{advice}\n    To put a rule on trial, override it in a pack of your own, which brand.yaml names:\n"
            "    pack: {title: Ours, about: Our own., extends: [starter], overrides: {RULE: {status: shadow}}}",
            err=True,
        )


def learned_lessons(brand: Brand | None) -> Sequence[Lesson]:
    """Examples from the verdicts; says what is wrong with them and ends the program."""
    from bot.settings.home import learned_file

    try:
        return read_lessons(learned_file(tools().home, brand.brand)) if brand else ()
    except BadYaml as error:
        click.echo(str(error), err=True)
        sys.exit(2)


def models_for(needs: frozenset[Need]) -> Pair:
    """The models, opened only where a rule asks for them."""
    return tools().make_models() if needs & {Need.READING, Need.MEANING} else (None, None)
