"""What the commands about rules share: options, and what they get from around them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.commands.common import printable
from bot.facts.find import Facts, open_facts
from policies.engine import Context
from policies.learned import Lesson
from policies.loader import DEFAULT_PACKS, PolicyErrors, load
from policies.located_yaml import BadYaml
from policies.model.post import Post
from policies.needs import Need
from policies.rulebook import RuleBook
from policies.scoring import Embedder, Scorer

Models = tuple[Scorer | None, Embedder | None]


def shipped_models() -> Models:
    """The models that come with the program, opened late since that takes a second."""
    from bot.scorers.onnx import OnnxScorer
    from bot.scorers.similar import OnnxEmbedder

    return OnnxScorer(), OnnxEmbedder()


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTools:
    """What these commands get from around them. Without a store, the commands that need one say so."""

    make_scorer: Callable[[], Models] = shipped_models
    make_facts: Callable[[], Facts] = open_facts
    packs: Callable[[], Sequence[Path | str]] = lambda: (
        DEFAULT_PACKS
    )  #: of the brand, where --pack is not given
    history: Callable[[datetime], Iterable[tuple[Post, Context]]] | None = (
        None  #: stored posts since a UTC time
    )
    find: Callable[[str], tuple[Post, Context] | None] | None = None  #: a stored post by platform/account/id
    lessons: Callable[[], Sequence[Lesson]] = tuple  #: examples from the verdicts on the brand's posts


pack_option = click.option(
    "--pack", "packs", multiple=True, metavar="P", help="Shipped pack, folder or file; may be repeated."
)
fetch_option = click.option(
    "--fetch",
    is_flag=True,
    help="Follow links and read pictures where a rule asks about them; uses the network.",
)
format_option = click.option("--format", "form", type=click.Choice(["text", "jsonl"]), default="text")


def tools() -> PolicyTools:
    """What the commands get from around them."""
    return click.get_current_context().find_object(PolicyTools) or PolicyTools()


def load_book(packs: Sequence[Path | str]) -> RuleBook:
    """The rules of packs, or those of the brand; says what is wrong with them and ends the program."""
    try:
        return load(list(packs) or list(tools().packs()))
    except PolicyErrors as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        sys.exit(2)


def learned_lessons() -> Sequence[Lesson]:
    """Examples from the verdicts; says what is wrong with them and ends the program."""
    try:
        return tools().lessons()
    except BadYaml as error:
        click.echo(str(error), err=True)
        sys.exit(2)


def models_for(book: RuleBook) -> Models:
    """The models, opened only where a rule asks for them."""
    return tools().make_scorer() if book.needs & {Need.READING, Need.MEANING} else (None, None)


def show_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; in files and pipes its lines are not cut."""
    table = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(printable(cell), overflow="fold") for cell in row))
    Console(width=None if sys.stdout.isatty() else 160).print(table)
