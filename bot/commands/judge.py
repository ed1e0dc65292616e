"""Commands that say what the model makes of a text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO

import click

from bot.commands.common import Session, console, pass_session, printable
from policies.import_files import Plain, read_posts
from policies.scoring import Reading

BATCH = 256  #: texts scored at once


@click.command()
@click.argument("file", type=click.File("rb"), default="-")
@pass_session
def score(session: Session, file: BinaryIO) -> None:
    """Say how texts sound: every head of the tone model for each post.

    FILE holds posts as `oversight import` reads them, of which only the text is needed, or plain text, one text a
    line ('-' reads standard input). Each output line has external_id (the line's number where there is none),
    language, readable and for each head its label, scores and whether the model is unsure.
    """
    scorer, _ = session.models
    bad = 0
    for batch in _batches(_texts(file)):
        good = [(name, text) for name, text in batch if text is not None]
        bad += len(batch) - len(good)
        for (name, _text), reading in zip(good, scorer.read([text for _, text in good]), strict=True):
            click.echo(json.dumps(as_json(name, reading), ensure_ascii=False))
    if bad:
        raise SystemExit(2)


def as_json(name: str, reading: Reading) -> dict[str, Any]:
    """The stable form of one reading."""
    heads = {
        head: {"label": s.label, "scores": {k: round(v, 4) for k, v in s.scores.items()}, "unsure": s.unsure}
        for head, s in reading.heads.items()
    }
    return {"external_id": name, "language": reading.language, "readable": reading.readable, **heads}


def _texts(file: BinaryIO) -> Iterator[tuple[str, str | None]]:
    """(name, text) of each line; the text is None where the line is bad, which is reported here."""
    for line in read_posts(file.read(), now=datetime.now(UTC), plain=Plain.ONE_A_LINE):
        if line.post is None:
            console.print(printable(f"line {line.number}: {line.problem}"), markup=False)
        yield (line.post.key.external_id, line.post.text) if line.post else (str(line.number), None)


def _batches(texts: Iterator[tuple[str, str | None]]) -> Iterator[list[tuple[str, str | None]]]:
    batch: list[tuple[str, str | None]] = []
    for item in texts:
        batch.append(item)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
