"""``oversight replay``: what a month would have looked like."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from bot.commands.common import (
    Session,
    brand_in_hand,
    brand_option,
    console,
    pass_session,
    printable,
    settings_option,
)
from policies.errors import OversightError
from policies.import_files import read_posts

if TYPE_CHECKING:
    from bot.replay.archive import Archive
    from bot.replay.stage import Stage


@click.command()
@click.argument("file", type=click.File("rb"))
@settings_option
@brand_option
@click.option("--format", "form", type=click.Choice(["text", "jsonl"]), default="text")
@pass_session
def replay(session: Session, file: BinaryIO, settings: Path | None, brand: str | None, form: str) -> None:
    """Run the service over an archive of posts: what would have reached whom, and when.

    FILE holds posts as `oversight import` reads them; posts, edits and deletions happen at their times. The very
    jobs of the service run; nothing is sent, and no store is touched.

    Exit code 0: done. 1: lines were left out, or a job failed. 2: bad input.
    """
    from bot.replay.archive import archive_of
    from bot.replay.stage import live, staged
    from bot.settings.home import home_of

    archive = archive_of(read_posts(file.read()))
    for number, reason in archive.left_out:
        click.echo(f"line {number}: {printable(reason)}", err=True)
    if not archive.changes:
        raise OversightError(
            "There is no post to replay.", mend="Name a file in the format of `oversight import`."
        )
    config = brand_in_hand(session, settings, brand, [archive.changes[0].post.key.account])
    home = replace(session.home, path=home_of(settings)) if settings else session.home
    own = session.limits(config) if config.brand in session.home.brands and not settings else {}
    with staged(archive, config, home, session.models, own) as stage, _progress(archive, stage) as on_step:
        for event in live(stage, on_step):
            click.echo(json.dumps(event.json()) if form == "jsonl" else printable(event.line(config.zone)))
    for problem in stage.problems:
        click.echo(printable(problem), err=True)
    sys.exit(int(bool(archive.left_out or stage.problems)))


@contextmanager
def _progress(archive: Archive, stage: Stage) -> Iterator[Callable[[datetime], None]]:
    """A bar on the error stream, where somebody looks and the events go elsewhere."""
    shown = console.is_terminal and not sys.stdout.isatty()
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    start, zone = stage.clock.now, next(iter(stage.work.brands.values())).zone
    with Progress(*columns, console=console, disable=not shown, transient=True, redirect_stdout=False) as bar:
        task = bar.add_task(f"{archive.posts} posts", total=(stage.end - start).total_seconds())
        yield lambda now: bar.update(
            task, completed=(now - start).total_seconds(), description=f"{now.astimezone(zone):%a %d %b}"
        )
