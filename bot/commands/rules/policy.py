"""`oversight policy …`: rules on the command line."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Mapping

import click

from bot.commands.common import format_option, printable, show_table
from bot.commands.rules.learned import learned
from bot.commands.rules.limits import limits
from bot.commands.rules.tools import (
    learned_lessons,
    load_book,
    models_for,
    pack_option,
    tools,
)
from bot.commands.rules.trying import backtest, explain
from bot.settings.brand import Brand
from policies import casetest, compare
from policies.learned import taught
from policies.pack_files import PackFile
from policies.verdicts import precision


@click.group()
def policy() -> None:
    """Look at rules, test them, and try them on past posts."""


for _command in (backtest, explain, learned, limits):
    policy.add_command(_command)


@policy.command("test")
@pack_option
@click.option("--brand", metavar="BRAND", help="Test with the packs and the learned examples of this brand.")
@click.option("--no-model", is_flag=True, help="Leave out the cases that need the model.")
def test_command(packs: tuple[str, ...], brand: str | None, no_model: bool) -> None:
    """Run the cases that stand beside each rule, and the examples that it learned from verdicts.

    With --pack alone only what stands in the packs is run.
    """
    meant = tools().brand() if brand or not packs else None
    book = taught(load_book(packs, meant), learned_lessons(meant))
    scorer, embedder = (None, None) if no_model else models_for(book.needs)
    report = casetest.run(book, scorer, embedder)
    for miss in report.misses:
        click.echo(printable(str(miss)))
    for rule in report.thin:
        click.echo(f"{rule.file}:{rule.line}: {rule.id} has fewer than {casetest.ENOUGH} flag or ok cases.")
    for mended in report.mended:
        click.echo(printable(f"{mended.rule.id}: todo case {mended.number} holds now; make it a flag case."))
    for unsure in report.asked:
        click.echo(
            printable(f"{unsure.rule.id}: {unsure.sort} case {unsure.number} is asked about, not said.")
        )
    held = len(report.results) - len(report.misses) - len(report.skipped)
    asked = f" ({len(report.asked)} by a question)" if report.asked else ""
    click.echo(
        f"{len(book.rules)} rules, {held} of {len(report.results)} cases hold{asked}, {len(report.skipped)} not run."
    )
    sys.exit(0 if report.ok else 1)


@policy.command("list")
@pack_option
@format_option
def list_command(packs: tuple[str, ...], form: str) -> None:
    """Show the rules in force, and how many of their findings the owner called right and wrong."""
    brand = tools().brand()
    measured = _precision(brand)
    rows = [
        {"id": r.id, "severity": r.rule.severity.value, "status": r.rule.status.value, "topic": r.rule.topic,
         "pack": r.pack, "version": r.version, "extends": r.rule.extends, "title": r.rule.title,
         "right": measured[r.id][0], "wrong": measured[r.id][1]}
        for r in load_book(packs, brand).rules
    ]  # fmt: skip
    if form == "jsonl":
        for row in rows:
            click.echo(json.dumps(row, ensure_ascii=False))
        return
    cells = [["" if value is None else str(value) for value in row.values()] for row in rows]
    show_table(list(rows[0]) if rows else [], cells)


def _precision(brand: Brand | None) -> Mapping[str, tuple[int | None, int | None]]:
    """Findings that were right and wrong by rule; None and None where there is no store that could tell."""
    if brand is None or tools().open_store is None:
        return defaultdict(lambda: (None, None))
    with tools().store() as store:
        counted = precision(store.verdicts.on_rules(brand.brand))
    return defaultdict(lambda: (0, 0), {one.rule: (one.right, one.wrong) for one in counted})


@policy.command()
def schema() -> None:
    """Print the JSON Schema of rule files, for completion in editors."""
    click.echo(json.dumps(PackFile.model_json_schema(by_alias=True), indent=2))


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
