"""`oversight lint`: judge texts before they go out."""

from __future__ import annotations

import json
import sys
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, TextIO

import click

from bot.commands.common import printable
from bot.commands.rule_tools import (
    fetch_option,
    format_option,
    load_book,
    models_for,
    pack_option,
    tools,
)
from bot.facts.find import Facts
from policies.engine import Context, Engine
from policies.import_format import BadLine, Fill, Line, characters, post_of_text, read_lines
from policies.model.finding import Finding, Severity
from policies.model.post import Post
from policies.model.thread import threads_of
from policies.rulebook import RuleBook
from policies.scoring import Embedder, Scorer

#: Posts judged at once by lint: their sentences go through the model together.
BATCH = 256


@click.command()
@click.argument("file", type=click.File("rb"), default="-")
@pack_option
@format_option
@fetch_option
def lint(file: Any, packs: tuple[str, ...], form: str, fetch: bool) -> None:
    """Judge texts before they go out; the store is not touched.

    FILE holds JSON lines as `oversight import` reads them, or one text; lines of --- part several.
    Exit code 0: nothing at breach or above. 1: something is. 2: bad input.
    """
    book = load_book(packs)
    lines = list(read_posts(file.read(), datetime.now(UTC)))
    posts = [line.post for line in lines if line.post]
    bad = [line for line in lines if line.post is None]
    for line in bad:
        click.echo(f"line {line.number}: {printable(line.problem)}", err=True)
    worst = False
    facts = tools().make_facts() if fetch else None
    for post, findings in judge(book, posts, *models_for(book), facts):
        counted = [finding for finding in findings if not finding.shadow]
        worst = worst or any(finding.severity >= Severity.BREACH for finding in counted)
        _print(post, counted, form, sys.stdout)
    sys.exit(2 if bad else int(worst))


def read_posts(content: bytes, now: datetime) -> Iterator[Line]:
    """The posts of a file: lines of JSON, or texts that lines of --- part."""
    if content.removeprefix(BOM_UTF8).lstrip().startswith(b"{"):
        yield from read_lines(content.split(b"\n"), now=now)
        return
    try:
        text = characters(content)
    except BadLine as error:
        yield Line(number=1, post=None, problem=str(error))
        return
    parts = [part.strip() for part in text.replace("\r\n", "\n").split("\n---\n")]
    for number, part in enumerate(parts, 1):
        if part:
            yield Line(number=number, post=post_of_text(part, Fill(number=number, now=now)))


def judge(
    book: RuleBook,
    posts: Sequence[Post],
    scorer: Scorer | None,
    embedder: Embedder | None,
    facts: Facts | None = None,
) -> Iterable[tuple[Post, list[Finding]]]:
    """What the rules say of each post, with the conversations that the posts form among themselves."""
    engine, conversations = Engine(book), threads_of(posts)
    readings = (
        dict(zip((p.key for p in posts), scorer.read([p.text for p in posts]), strict=True)) if scorer else {}
    )
    for start in range(0, len(posts), BATCH):
        batch = posts[start : start + BATCH]
        contexts = [
            Context(
                reading=readings.get(post.key),
                readings=readings,
                thread=conversations[post.thread_key],
                embedder=embedder,
            )
            for post in batch
        ]
        known = list(zip(batch, contexts, strict=True))
        known = facts.add(engine, known, datetime.now(UTC)) if facts else known
        yield from zip(batch, engine.check_many(known), strict=True)


def _print(post: Post, findings: Sequence[Finding], form: str, out: TextIO) -> None:
    if form == "jsonl":
        facts = {"external_id": post.key.external_id, "findings": [_facts(post, f) for f in findings]}
        click.echo(json.dumps(facts), file=out)
        return
    for finding in findings:
        click.echo(
            printable(f"{post.key.external_id}: {finding.severity}: {finding.message} ({finding.rule})"),
            file=out,
        )
        if finding.suggest:
            click.echo(printable(f"    {finding.suggest}"), file=out)


def _facts(post: Post, finding: Finding) -> dict[str, object]:
    start, end = (finding.spans[0].start, finding.spans[0].end) if finding.spans else (0, len(post.text))
    return {
        "rule": finding.rule,
        "topic": finding.topic,
        "severity": finding.severity.value,
        "start": start,
        "end": end,
        "message": finding.message,
        "score": finding.score,
    }
