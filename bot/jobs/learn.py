"""Learns from verdicts: topics' limits move, and what the owner wants remembered goes into the brand's file."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import structlog

from bot.jobs.learning.limits import move_limits
from bot.jobs.work import Done, Work
from bot.settings.home import learned_file
from policies.errors import OversightError
from policies.learned import read_lessons, written
from policies.located_yaml import BadYaml
from policies.located_yaml.reading import MAX_BYTES
from storage.store import Store

log = structlog.get_logger(__name__)


class TooManyExamples(OversightError):
    """The examples of a brand do not fit into one file any more."""


def learn(work: Work, brand: str, now: datetime, failures: int = 0) -> Done:
    """Bring the file up to date; a verdict wakes this."""
    _ = failures
    due = now + work.intervals.learn
    move_limits(work, brand, now)
    path = learned_file(work.home, brand)
    try:
        changed = write_lessons(work.store, brand, path, now=now)
    except OSError as error:
        problem = f"{error.filename or path}: {error.strerror}. Make {path.parent} writable."
    except TooManyExamples as error:
        problem = str(error)
    else:
        if changed:
            log.info("examples written", brand=brand)
        return Done(next_due_at=due)
    log.warning("examples not written", brand=brand, error=problem)
    return Done(next_due_at=due, error=problem)


def write_lessons(store: Store, brand: str, path: Path, *, now: datetime) -> bool:
    """Make the file say what the store says, whole or not at all; whether it had to change.

    The store is asked while nobody else writes, so that an older answer never replaces a newer one. What stands
    there and is none of ours is put aside, not overwritten. Raises `OSError`, and `TooManyExamples`.
    """
    if not path.exists() and not store.examples.find(brand):
        return False
    with _alone_in(path.parent):
        content = written(store.examples.find(brand)).encode()
        if len(content) > MAX_BYTES:
            raise TooManyExamples(
                f"The examples of {brand} do not fit into one file any more.",
                mend="Mend the rules, then drop some: oversight policy learned --drop CASE.",
            )
        if path.exists() and path.read_bytes() == content:
            return False
        _put_aside(path, now)
        _replace(path, content)
    return True


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """One writer at a time; new names in the folder are on disk at the end."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
        os.fsync(handle)
    finally:
        os.close(handle)


def _put_aside(path: Path, now: datetime) -> None:
    try:
        read_lessons(path)
    except BadYaml as error:
        aside = path.with_name(f"{path.stem}.unreadable-{now:%Y%m%dT%H%M%S}")
        path.replace(aside)
        log.warning(
            "a file of examples could not be read and was put aside", file=str(aside), error=str(error)
        )


def _replace(path: Path, content: bytes) -> None:
    unfinished = path.with_name(f".{path.name}.part")  # left over by a crash, it is simply written again
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
