"""`oversight policy …`: rules on the command line, with or without a store."""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime, timedelta

import click
from rich.console import Console
from rich.progress import track

from bot.commands.common import printable
from bot.commands.rule_tools import (
    fetch_option,
    format_option,
    learned_lessons,
    load_book,
    models_for,
    pack_option,
    show_table,
    tools,
)
from policies import casetest, compare, vectors
from policies.checks.similar import Similar
from policies.durations import parse_duration
from policies.engine import Context, Engine
from policies.example_model import learn as learn_from
from policies.import_format import Fill, post_of_text
from policies.learned import taught
from policies.loader import load, shipped_packs
from policies.pack_files import PackFile


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
    book = load_book(packs)
    if brand or not packs:
        book = taught(book, learned_lessons())
    scorer, embedder = (None, None) if no_model else models_for(book)
    report = casetest.run(book, scorer, embedder)
    for miss in report.misses:
        click.echo(printable(str(miss)))
    for rule in report.thin:
        click.echo(f"{rule.file}:{rule.line}: {rule.id} has fewer than {casetest.ENOUGH} flag or ok cases.")
    for mended in report.mended:
        click.echo(printable(f"{mended.rule.id}: todo case {mended.number} holds now; make it a flag case."))
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
    book = load_book(packs)
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
    book = load_book(packs)
    scorer, embedder = models_for(book)
    finder = tools().find
    stored = finder(post) if finder else None
    item, context = stored or (post_of_text(post, Fill(number=1, now=datetime.now(UTC))), Context())
    if stored is None:
        reading = scorer.read([post])[0] if scorer else None
        context = Context(reading=reading, embedder=embedder)
    bases = {rule.id: f" (extends {rule.rule.extends})" for rule in book.rules if rule.rule.extends}
    engine = Engine(book)
    if fetch:
        ((item, context),) = tools().make_facts().add(engine, [(item, context)], datetime.now(UTC))
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
    _, embedder = tools().make_scorer()
    if embedder is None:
        raise click.UsageError("There is no embedding model.")
    book, known = load(shipped_packs()), vectors.Vectors(embedder, vectors.NONE)
    similar = [check for check in book.checks() if isinstance(check, Similar)]
    taught_by = {check.examples.name: check.examples for check in similar}  # several rules may share a file
    texts = tuple(dict.fromkeys(text for one in taught_by.values() for text in one.texts))
    kept = {name: learn_from(one, known.of(one.texts)).kept() for name, one in taught_by.items()}
    vectors.write(vectors.SHIPPED, known, texts, kept)
    click.echo(f"{len(texts)} texts, {vectors.SHIPPED.stat().st_size / 1e6:.1f} MB")


@policy.command("diff")
@click.argument("old")
@click.argument("new")
def diff_command(old: str, new: str) -> None:
    """Show how the rules of two packs differ; exit code 1 where they do."""
    changes = compare.diff(load_book([old]), load_book([new]))
    for change in changes:
        click.echo(
            f"{change.change}: {change.rule}" + (f" ({', '.join(change.fields)})" if change.fields else "")
        )
    sys.exit(1 if changes else 0)


def _duration(_: click.Context, __: click.Parameter, value: str) -> timedelta:
    try:
        return parse_duration(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@policy.command()
@click.option("--since", default="90d", callback=_duration, help="How far back, for instance 90d.")
@pack_option
def backtest(since: timedelta, packs: tuple[str, ...]) -> None:
    """Try rules on stored posts, and compare them with the rules in force."""
    history = tools().history
    if history is None:
        raise click.UsageError("There is no store here. Name its folder with --home.")
    new, old = Engine(load_book(packs)), Engine(load_book(()))
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
            click.echo(printable(f"{hit.rule}: {sample.post}: {sample.message}"))
    click.echo(f"{count} posts in {spent:.1f} s, {1000 * spent / max(count, 1):.2f} ms each.")
