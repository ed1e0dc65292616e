"""`oversight lint`: judge drafts without touching the store."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
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
from policies import drafts
from policies.engine import Context, Engine
from policies.model.finding import Finding, Severity
from policies.model.post import Post
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
    """Judge drafts without touching the store.

    FILE holds JSON lines as `oversight import` reads them, or the text of one draft; lines of --- part several.
    Exit code 0: nothing at breach or above. 1: something is. 2: bad input.
    """
    book = load_book(packs)
    posts, bad = read_drafts(file.read(), datetime.now(UTC))
    for number, reason in bad:
        click.echo(f"line {number}: {printable(reason)}", err=True)
    worst = False
    facts = tools().make_facts() if fetch else None
    for post, findings in judge(book, posts, *models_for(book), facts):
        counted = [finding for finding in findings if not finding.shadow]
        worst = worst or any(finding.severity >= Severity.BREACH for finding in counted)
        _print(post, counted, form, sys.stdout)
    sys.exit(2 if bad else int(worst))


def read_drafts(content: bytes, now: datetime) -> tuple[list[Post], list[tuple[int, str]]]:
    """Posts of a file, and the numbers of bad lines with their reasons."""
    text = content.decode("utf-8-sig", "replace")
    if not text.lstrip().startswith("{"):
        parts = [part.strip() for part in text.replace("\r\n", "\n").split("\n---\n")]
        return [drafts.from_text(p, number=n, now=now) for n, p in enumerate(parts, 1) if p], []
    posts, bad = [], []
    for number, raw in enumerate(content.split(b"\n"), 1):
        if not raw.strip():
            continue
        try:
            posts.append(drafts.from_line(raw.decode("utf-8-sig"), number=number, now=now))
        except UnicodeDecodeError:
            bad.append((number, "is not UTF-8"))
        except drafts.BadLine as error:
            bad.append((number, str(error)))
    return posts, bad


def judge(
    book: RuleBook,
    posts: Sequence[Post],
    scorer: Scorer | None,
    embedder: Embedder | None,
    facts: Facts | None = None,
) -> Iterable[tuple[Post, list[Finding]]]:
    """What the rules say of each post, with the conversations that the posts form among themselves."""
    engine, conversations = Engine(book), drafts.threads(posts)
    readings = (
        dict(zip((p.key for p in posts), scorer.read([p.text for p in posts]), strict=True)) if scorer else {}
    )
    for start in range(0, len(posts), BATCH):
        batch = posts[start : start + BATCH]
        contexts = [
            Context(
                reading=readings.get(post.key),
                readings=readings,
                thread=conversations[drafts.thread_key(post)],
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
