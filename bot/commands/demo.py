"""``oversight demo``: see everything work without keys or accounts."""

from __future__ import annotations

import shutil
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from bot.commands.common import console, out
from policies.errors import OversightError
from policies.model.people import Role

if TYPE_CHECKING:
    from bot.demo.stage import Demo

OURS = ".oversight-demo"  #: marks a folder that a demo made
WEEK = 7 * 24 * 3600.0  #: seconds


@click.command()
@click.option("--once", is_flag=True, help="End after the digest instead of keeping the pages open.")
@click.option("--out", "folder", type=click.Path(path_type=Path, file_okay=False), default="out", show_default=True,
              help="Folder for the digest, the mails and the screenshots.")  # fmt: skip
@click.option("--port", default=0, help="Port of the pages (default: any free one).")
def demo(once: bool, folder: Path, port: int) -> None:
    """Live through three weeks of a fictional bakery whose accounts an agency runs.

    Loopback copies of X and Reddit serve the story; the real clients pull it, the rules and the tone model judge
    it, and the owner's digest arrives by mail. Nothing leaves this machine. On a terminal the pages stay open
    until Ctrl-C; otherwise, and with --once, the demo ends with the digest.
    """
    from bot.daemon import until_told
    from bot.demo.stage import last_digest, staged
    from bot.letters.mail.files import write_parts
    from bot.logs import configure

    configure("warning")
    _fresh(folder)
    with staged(folder, port=port) as stage:
        _live(stage)
        paths = write_parts(last_digest(stage).body, folder)
        with stage.daemon:
            paths += _pictures(stage, folder)
            _show(stage, paths)
            if not once and sys.stdin.isatty():
                console.print("The pages stay open. Ctrl-C ends.")
                until_told()


def _fresh(folder: Path) -> None:
    """Remove what an earlier demo left, and nothing else. Raises `OversightError` where others' folders stand there."""
    for path in (folder / "home", folder / "mail"):
        if path.exists() and not (folder / OURS).exists():
            raise OversightError(
                f"{path} is there already, and no demo made it.", mend="Name another folder with --out."
            )
        shutil.rmtree(path, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / OURS).touch()


def _live(stage: Demo) -> None:
    from bot.demo.stage import turn_the_clock

    story = stage.box.world.story
    total = (story.end - story.start).total_seconds()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("Three weeks at Juniper & Rye", total=total)
        turn_the_clock(stage, lambda now: _step(progress, task, stage, now))
        progress.update(task, completed=total)


def _step(progress: Progress, task: TaskID, stage: Demo, now: datetime) -> None:
    from bot.demo.stage import BRAND

    start = stage.box.world.story.start
    label = f"{now.astimezone(stage.work.brands[BRAND].zone):%a %d %b}, {len(stage.inbox.mails)} mails"
    weeks_before = int(progress.tasks[task].completed // WEEK)
    progress.update(task, completed=(now - start).total_seconds(), description=label)
    if not console.is_terminal and progress.tasks[task].completed // WEEK > weeks_before:
        console.print(f"Week {weeks_before + 1} is over: {label}")


def links(stage: Demo) -> dict[str, str]:
    """Fresh links: the agency's queue and the owner's desk."""
    from bot.demo.stage import BRAND

    people = {person.role: person.id for person in reversed(stage.work.brands[BRAND].people)}
    return {
        "queue": stage.work.link(BRAND, people[Role.AGENCY], "queue", None),
        "desk": stage.work.link(BRAND, people[Role.OWNER], "desk", None),
    }


def _pictures(stage: Demo, folder: Path) -> list[Path]:
    from bot.demo.screenshots import find_chromium, screenshot

    chromium = find_chromium()
    if chromium is None:
        console.print("No Chromium here, so no screenshots.")
        return []
    pages = {"digest": (folder / "digest.html").resolve().as_uri(), **links(stage)}
    widths = {"phone": 390, "desktop": 1280}
    return [
        screenshot(chromium, address, folder / f"{name}-{size}.png", width=width)
        for name, address in pages.items()
        for size, width in widths.items()
    ]


def _show(stage: Demo, paths: list[Path]) -> None:
    text = next(path for path in paths if path.suffix == ".txt")
    out.rule("The owner's digest")
    out.print(text.read_text(encoding="utf-8").strip(), markup=False)
    out.rule()
    for name, address in links(stage).items():
        who = "The agency's queue" if name == "queue" else "The owner's desk"
        out.print(f"{who}: {address}", soft_wrap=True)
    out.print("Files: " + ", ".join(str(path) for path in paths))
