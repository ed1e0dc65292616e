"""``oversight demo``: see everything work without keys or accounts."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from bot.commands.common import console, out
from policies.errors import OversightError
from policies.model.people import Role

if TYPE_CHECKING:
    from bot.demo.exhibits import Exhibit
    from bot.demo.stage import Demo

OURS = ".oversight-demo"  #: marks a folder that a demo made
WEEK = 7 * 24 * 3600.0  #: seconds
SETTING = "Setting the stage: copies of X and Reddit, a mail server, the model that reads the tone"


@click.command()
@click.option("--once", is_flag=True, help="End after the last digest instead of keeping the pages open.")
@click.option("--out", "folder", type=click.Path(path_type=Path, file_okay=False), default="out", show_default=True,
              help="Folder for the mails and the pictures of the pages.")  # fmt: skip
@click.option("--port", default=0, help="Port of the pages (default: any free one).")
def demo(once: bool, folder: Path, port: int) -> None:
    """Live through three weeks of a made-up bakery whose accounts an agency runs.

    It takes a minute or two, needs no keys and no account, and nothing leaves this machine: copies of X and Reddit
    run here and play the story, the service pulls them every five minutes of the story's time, judges what it finds,
    and writes to the owner. Watch for Thursday 5 November, when walnuts get into the rye.

    At the end it says which mails and pages to look at. On a terminal the pages stay open until Ctrl-C; otherwise,
    and with --once, it ends there.
    """
    _fresh(folder)
    _say("Three weeks at Juniper & Rye, a bakery that does not exist. Nothing leaves this machine.")
    with _progress() as progress:
        task = progress.add_task(SETTING, total=None)
        if not console.is_terminal:
            _say(f"{SETTING} …")
        _play(progress, task, folder, port=port, stay=not once and sys.stdin.isatty())


def _say(line: str) -> None:
    """One line of progress, whole also where a file or another program reads it."""
    console.print(line, markup=False, soft_wrap=True)


def _progress() -> Progress:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=console, disable=not console.is_terminal)


def _play(progress: Progress, task: TaskID, folder: Path, *, port: int, stay: bool) -> None:
    from bot.daemon import until_told
    from bot.demo.exhibits import exhibits
    from bot.demo.stage import staged
    from bot.logs import configure

    configure("error")
    with staged(folder, port=port) as stage:
        _live(stage, progress, task)
        shown = exhibits(stage, folder)
        with stage.daemon:
            pictures = _pictures(stage, folder, shown)
            progress.stop()
            _say_where(stage, folder, shown, pictures)
            if stay:
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


def _live(stage: Demo, progress: Progress, task: TaskID) -> None:
    from bot.demo.stage import turn_the_clock

    story = stage.box.world.story
    total = (story.end - story.start).total_seconds()
    progress.update(task, total=total)
    if not console.is_terminal:
        _say("The story begins.")
    told = Told(stage)
    turn_the_clock(stage, lambda now: told.step(progress, task, now))
    progress.update(task, completed=total, description="Taking pictures of the mails and pages")


class Told:
    """What has been said of the story so far."""

    def __init__(self, stage: Demo) -> None:
        self._stage, self._weeks, self._mails = stage, 0, 0

    def step(self, progress: Progress, task: TaskID, now: datetime) -> None:
        """Show how far the story is, and each mail that could not wait."""
        from bot.demo.stage import BRAND

        stage = self._stage
        passed = (now - stage.box.world.story.start).total_seconds()
        local = now.astimezone(stage.work.brands[BRAND].zone)
        label = f"{local:%a %d %b}, {len(stage.inbox.mails)} mails"
        progress.update(task, completed=passed, description=label)
        self._say_what_could_not_wait(local)
        if not console.is_terminal and passed // WEEK > self._weeks:
            _say(f"Week {self._weeks + 1} is over: {label}")
        self._weeks = int(passed // WEEK)

    def _say_what_could_not_wait(self, local: datetime) -> None:
        from bot.demo.exhibits import AT_ONCE, subject_of
        from bot.demo.stage import arrived

        if len(self._stage.inbox.mails) == self._mails:
            return
        new = arrived(self._stage)[self._mails :]
        self._mails = len(self._stage.inbox.mails)
        for mail in new:
            if mail.kind in AT_ONCE:
                _say(f"{local:%a %d %b, %H:%M}  mail to the owner at once: {subject_of(mail.body)}")


def links(stage: Demo) -> dict[str, str]:
    """Fresh links: the agency's queue and the owner's desk."""
    from bot.demo.stage import BRAND

    people = {person.role: person.id for person in reversed(stage.work.brands[BRAND].people)}
    return {
        "queue": stage.work.link(BRAND, people[Role.AGENCY], "queue", None),
        "desk": stage.work.link(BRAND, people[Role.OWNER], "desk", None),
    }


def _pictures(stage: Demo, folder: Path, shown: Sequence[Exhibit]) -> list[Path]:
    from bot.demo.screenshots import find_chromium, screenshot

    chromium = find_chromium()
    if chromium is None:
        console.print("No Chromium here, so no pictures.")
        return []
    phone, desktop = {"phone": 390}, {"phone": 390, "desktop": 1280}
    pages = {one.name: (one.page.resolve().as_uri(), phone) for one in shown}
    pages |= {name: (address, desktop) for name, address in links(stage).items()}
    return [
        screenshot(chromium, address, folder / f"{name}-{size}.png", width=width)
        for name, (address, widths) in pages.items()
        for size, width in widths.items()
    ]


WORDS = {
    "bad-day-alert": "The mail that the owner got at once on the worst day",
    "bad-day-digest": "Her digest that evening",
    "quiet-day-digest": "The digest of a quiet day",
    "digest": "The last digest",
}


def _say_where(stage: Demo, folder: Path, shown: Sequence[Exhibit], pictures: Sequence[Path]) -> None:
    """Where to look, for somebody who sees this for the first time."""
    out.rule("What to look at")
    out.print(
        "Maya bakes; an agency types in her name. Open these in a browser:\n", markup=False, soft_wrap=True
    )
    for number, one in enumerate(shown, 1):
        out.print(f"{number}. {WORDS[one.name]} ({one.at:%a %d %b, %H:%M})", markup=False)
        out.print(f"   “{one.subject}”\n   {one.page}", markup=False, soft_wrap=True)
    addresses = links(stage)
    out.print(f"\nThe owner's desk, where she decides:\n   {addresses['desk']}", soft_wrap=True)
    out.print(f"The agency's queue, where it answers:\n   {addresses['queue']}", soft_wrap=True)
    out.print(f"\nAll {len(stage.inbox.mails)} mails as they arrived: {folder / 'mail'}", soft_wrap=True)
    if pictures:
        out.print(f"Pictures as a phone and a desk show them: {folder}/*.png", soft_wrap=True)
