"""`oversight policy …` and `oversight lint`: rules on the command line, with or without a store."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from bot.facts.find import Facts, open_facts
from policies import casetest, compare, drafts, vectors
from policies.engine import Context, Engine
from policies.learned import Lesson, taught
from policies.loader import DEFAULT_PACKS, PolicyErrors, load, shipped_packs
from policies.located_yaml import BadYaml
from policies.model.finding import Finding, Severity
from policies.model.post import Post
from policies.nearness import learn as learn_from
from policies.pack_files import PackFile
from policies.rules import RuleBook
from policies.scoring import Embedder, Scorer

Models = tuple[Scorer | None, Embedder | None]
#: Posts judged at once by lint: their sentences go through the model together.
BATCH = 256


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


def _tools() -> PolicyTools:
    return click.get_current_context().find_object(PolicyTools) or PolicyTools()


def _load(packs: Sequence[Path | str]) -> RuleBook:
    try:
        return load(list(packs) or list(_tools().packs()))
    except PolicyErrors as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        sys.exit(2)


def _lessons() -> Sequence[Lesson]:
    try:
        return _tools().lessons()
    except BadYaml as error:
        click.echo(str(error), err=True)
        sys.exit(2)


def _models(book: RuleBook) -> Models:
    """The models, opened only where a rule asks for them."""
    return _tools().make_scorer() if book.kinds & {"tone", "similar"} else (None, None)


@click.group()
def policy() -> None:
    """Look at rules, test them, and try them on past posts."""


@policy.command("test")
@pack_option
@click.option("--brand", metavar="BRAND", help="Test with the packs and the learned examples of this brand.")
@click.option("--no-model", is_flag=True, help="Leave out the cases that need the model.")
def test_command(packs: tuple[str, ...], brand: str | None, no_model: bool) -> None:
    """Run the cases that stand beside each rule, and the examples that it learned from verdicts.

    With --pack alone only what stands in the packs is run.
    """
    book = _load(packs)
    if brand or not packs:
        book = taught(book, _lessons())
    scorer, embedder = (None, None) if no_model else _models(book)
    report = casetest.run(book, scorer, embedder)
    for miss in report.misses:
        click.echo(_safe(str(miss)))
    for rule in report.thin:
        click.echo(f"{rule.file}:{rule.line}: {rule.id} has fewer than {casetest.ENOUGH} flag or ok cases.")
    for mended in report.mended:
        click.echo(_safe(f"{mended.rule.id}: todo case {mended.number} holds now; make it a flag case."))
    held = len(report.results) - len(report.misses) - len(report.skipped)
    click.echo(
        f"{len(book.rules)} rules, {held} of {len(report.results)} cases hold, {len(report.skipped)} not run."
    )
    sys.exit(0 if report.ok else 1)


@policy.command("list")
@pack_option
@format_option
def list_command(packs: tuple[str, ...], form: str) -> None:
    """Show the rules in force."""
    book = _load(packs)
    facts = [
        {"id": r.id, "severity": r.rule.severity.value, "status": r.rule.status.value, "topic": r.rule.topic,
         "pack": r.pack, "version": r.version, "extends": r.rule.extends, "title": r.rule.title}
        for r in book.rules
    ]  # fmt: skip
    if form == "jsonl":
        for fact in facts:
            click.echo(json.dumps(fact, ensure_ascii=False))
        return
    show_table(list(facts[0]) if facts else [], [[value or "" for value in fact.values()] for fact in facts])


@policy.command()
@click.argument("post")
@pack_option
@click.option("--all", "everything", is_flag=True, help="Also rules that are for other posts.")
@fetch_option
def explain(post: str, packs: tuple[str, ...], everything: bool, fetch: bool) -> None:
    """Say of each rule why it fired or not. POST is platform/account/id of a stored post, or a text."""
    book = _load(packs)
    scorer, embedder = _models(book)
    finder = _tools().find
    stored = finder(post) if finder else None
    item, context = stored or (drafts.from_text(post, number=1, now=datetime.now(UTC)), Context())
    if stored is None:
        reading = scorer.read([post])[0] if scorer else None
        context = Context(reading=reading, embedder=embedder)
    bases = {rule.id: f" (extends {rule.rule.extends})" for rule in book.rules if rule.rule.extends}
    engine = Engine(book)
    if fetch:
        ((item, context),) = _tools().make_facts().add(engine, [(item, context)], datetime.now(UTC))
    rows = [
        ["fired" if e.fired else "skipped" if e.skipped else "", e.rule + bases.get(e.rule, ""), e.reason, e.matched,
         "" if e.score is None else f"{e.score:.2f}", e.version]
        for e in engine.explain(item, context)
        if everything or not e.reason.startswith("it is for")
    ]  # fmt: skip
    show_table(["", "rule", "reason", "words", "score", "version"], rows)


@policy.command()
def schema() -> None:
    """Print the JSON Schema of rule files, for completion in editors."""
    click.echo(json.dumps(PackFile.model_json_schema(by_alias=True), indent=2))


@policy.command(hidden=True)
def learn() -> None:
    """Learn from the shipped packs' examples again, after a change to them or to the model."""
    _, embedder = _tools().make_scorer()
    if embedder is None:
        raise click.UsageError("There is no embedding model.")
    book, known = load(shipped_packs()), vectors.Vectors(embedder, vectors.NONE)
    kept = {s.examples.name: learn_from(s.examples, known.of(s.examples.texts)).kept() for s in book.similar}
    vectors.write(vectors.SHIPPED, known, book.examples, kept)
    click.echo(f"{len(book.examples)} texts, {vectors.SHIPPED.stat().st_size / 1e6:.1f} MB")


@policy.command("diff")
@click.argument("old")
@click.argument("new")
def diff_command(old: str, new: str) -> None:
    """Show how the rules of two packs differ; exit code 1 where they do."""
    changes = compare.diff(_load([old]), _load([new]))
    for change in changes:
        click.echo(
            f"{change.change}: {change.rule}" + (f" ({', '.join(change.fields)})" if change.fields else "")
        )
    sys.exit(1 if changes else 0)


def _days(_: click.Context, __: click.Parameter, value: str) -> timedelta:
    number, unit = value[:-1], value[-1:]
    if not number.isdigit() or unit not in "dwh":
        raise click.BadParameter("write it like 90d, 12w or 48h")
    return timedelta(hours=int(number)) * {"h": 1, "d": 24, "w": 168}[unit]


@policy.command()
@click.option("--since", default="90d", callback=_days, help="How far back, for instance 90d.")
@pack_option
def backtest(since: timedelta, packs: tuple[str, ...]) -> None:
    """Try rules on stored posts, and compare them with the rules in force."""
    history = _tools().history
    if history is None:
        raise click.UsageError("There is no store here. Name its folder with --home.")
    new, old = Engine(_load(packs)), Engine(_load(()))
    started = time.perf_counter()
    posts = list(history(datetime.now(UTC) - since))
    shown = track(posts, description="Judging", console=Console(stderr=True), transient=True)
    count, hits = compare.backtest(shown, new, old)
    spent = time.perf_counter() - started
    show_table(
        ["rule", "severity", "hits", "new", "gone"],
        [[h.rule, h.severity.value, str(h.hits), f"+{h.only_new}", f"-{h.gone}"] for h in hits],
    )
    for hit in hits:
        for sample in hit.samples:
            click.echo(_safe(f"{hit.rule}: {sample.post}: {sample.message}"))
    click.echo(f"{count} posts in {spent:.1f} s, {1000 * spent / max(count, 1):.2f} ms each.")


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
    book = _load(packs)
    posts, bad = read_drafts(file.read(), datetime.now(UTC))
    for number, reason in bad:
        click.echo(f"line {number}: {_safe(reason)}", err=True)
    worst = False
    facts = _tools().make_facts() if fetch else None
    for post, findings in judge(book, posts, *_models(book), facts):
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
            _safe(f"{post.key.external_id}: {finding.severity}: {finding.message} ({finding.rule})"), file=out
        )
        if finding.suggest:
            click.echo(_safe(f"    {finding.suggest}"), file=out)


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


def _safe(text: str) -> str:
    """Text for a terminal: what people wrote cannot move the cursor or start a line."""
    return "".join(c if c.isprintable() else " " for c in text)


def show_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; in files and pipes its lines are not cut."""
    table = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(_safe(cell), overflow="fold") for cell in row))
    Console(width=None if sys.stdout.isatty() else 160).print(table)
