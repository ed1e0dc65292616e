"""What all commands share: the home folder, plain errors and exit codes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from policies.errors import OversightError
from policies.masking import masked

if TYPE_CHECKING:  # a command imports what it needs when it runs, so that it answers at once
    from bot.jobs.work import Work
    from bot.settings.brand import Brand
    from bot.settings.home import Home
    from policies.model.limits import TopicLimits
    from policies.scoring import Embedder, Scorer
    from storage.store import Store

console = Console(stderr=True, highlight=False)
out = Console(highlight=False, soft_wrap=True)


@dataclass(eq=False)
class Session:
    """One run of the command line."""

    path: Path  #: home folder

    @cached_property
    def home(self) -> Home:
        """The checked home folder. Commands say themselves what they do; `service` turns the log on."""
        from bot.logs import configure
        from bot.settings.home import load_home

        home = load_home(self.path)
        configure("debug" if home.service.log_level == "debug" else "error", home.environment.secrets())
        return home

    def forget(self) -> None:
        """Read the home folder again when next asked for it."""
        self.__dict__.pop("home", None)

    def service(self) -> Home:
        """The checked home folder, with the log at the level that the settings ask for."""
        from bot.logs import configure

        configure(self.home.service.log_level, self.home.environment.secrets())
        return self.home

    @cached_property
    def models(self) -> tuple[Scorer, Embedder | None]:
        """The tone model and the sentence model, opened when first asked for."""
        from bot.wiring import scorer_for

        return scorer_for(self.home.service, self.home.path)

    @cached_property
    def exchanges(self) -> Scorer | None:
        """What reads conversations, opened when first asked for."""
        from bot.wiring import exchanges_for

        return exchanges_for(*self.models)

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The store, closed at the end. In a folder that is no home none is made."""
        from bot.wiring import opened_store

        self.require_brand()
        with opened_store(self.home) as store:
            yield store

    def limits(self, brand: Brand) -> Mapping[str, TopicLimits]:
        """What its owner's verdicts have made of the brand's limits, where there is a store; none is made."""
        address = self.home.store_address
        if "://" not in address and not Path(address).exists():
            return {}
        with self.store() as store:
            return store.limits.in_force(brand.brand)

    @contextmanager
    def work(self) -> Iterator[Work]:
        """Everything that jobs need."""
        from bot.wiring import build_work

        with self.store() as store:
            yield build_work(self.home, store)

    def require_brand(self) -> None:
        """Raises `OversightError` where this folder is no home yet."""
        if not self.home.brands:
            raise OversightError(
                f"There is no brand in {self.path / 'brands'}.",
                mend="Run `oversight init`, or name the home folder: oversight --home DIR ...",
            )

    def brand(self, name: str | None) -> Brand:
        """The named brand, or the only one there is."""
        if name is None and len(self.home.brands) == 1:
            return next(iter(self.home.brands.values()))
        self.require_brand()
        if name is None:
            known = ", ".join(sorted(self.home.brands))
            raise OversightError("Say which brand is meant with --brand.", mend=f"Known brands: {known}.")
        return self.home.brand(name)


def printable(text: str) -> str:
    """Text for a terminal: it cannot move the cursor or start a line, and numbers that must not leak are masked."""
    return "".join(c if c.isprintable() else " " for c in masked(text))


pass_session = click.make_pass_decorator(Session)
brand_option: Callable[[Any], Any] = click.option(
    "--brand", metavar="BRAND", help="Short name of the brand; not needed where there is only one."
)
settings_option: Callable[[Any], Any] = click.option(
    "--settings",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="BRAND.YAML",
    help="The brand; by default the one of the home folder, or an owner without hours.",
)
format_option = click.option("--format", "form", type=click.Choice(["text", "jsonl"]), default="text")


def show_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; in files and pipes its lines are not cut."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(printable(cell), overflow="fold") for cell in row))
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def brand_in_hand(
    session: Session, settings: Path | None, name: str | None, accounts: Sequence[str]
) -> Brand:
    """Whose posts a file holds: the brand of a brand.yaml, of the home folder, or one that is open round the clock.

    ``accounts`` are handles in the file: the first names a brand that nobody has described.
    """
    from bot.settings.brand import Brand
    from bot.settings.home import read_brand

    if settings:
        return read_brand(settings)
    if session.home.brands or name:
        return session.brand(name)
    return Brand.model_validate(
        {
            "brand": "unnamed",
            "name": next(iter(accounts), "unnamed"),
            "time_zone": "UTC",
            "people": [{"id": "owner", "name": "The owner", "role": "owner", "email": "owner@example.com"}],
        }
    )
