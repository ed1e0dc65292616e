"""Commands about cases, the roster and links."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.commands.common import Session, brand_option, out, pass_session, printable
from bot.words import glossary
from policies.masking import masked, masked_words
from policies.model.cases import KINDS
from policies.model.cases.machinery import WaitsFor
from policies.model.finding import Finding

if TYPE_CHECKING:
    from storage.views import CaseView

MOST_CASES = 200  #: listed at once


@click.group()
def case() -> None:
    """What waits for somebody, and how it got there."""


@case.command("list")
@click.option("--all", "closed_too", is_flag=True, help="Closed cases too.")
@click.option("--kind", type=click.Choice(tuple(KINDS)), help="Only cases of this kind.")
@click.option(
    "--format", "form", type=click.Choice(["text", "jsonl"]), default="text", help="jsonl: one case a line."
)
@brand_option
@pass_session
def list_cases(session: Session, brand: str | None, closed_too: bool, kind: str | None, form: str) -> None:
    """List cases, worst first."""
    name = session.brand(brand).brand
    whom = set(WaitsFor) if closed_too else set(WaitsFor) - {WaitsFor.NOBODY}
    wanted = KINDS[kind] if kind else None
    with session.store() as store:
        find = partial(store.cases.find, name, kind=wanted, waits_for=whom, unsaid=True)
        if form == "jsonl":
            for view in _all_pages(find):
                click.echo(json.dumps(_line(view)))
            return
        views = find(limit=MOST_CASES)
        counts = store.cases.waiting(name, wanted)
    table = Table("case", "severity", "waits for", "opened", "about", box=None, pad_edge=False)
    for view in views:
        about = view.post.text if view.post and view.case.kind.about_findings else view.case.subject
        table.add_row(
            str(view.case.id),
            glossary.severity_of(view.case),
            view.case.waits_for,
            f"{view.case.opened_at:%Y-%m-%d %H:%M}",
            Text(
                printable(" ".join(masked(about, _findings(view)).split())[:70]),
                no_wrap=True,
                overflow="ellipsis",
            ),
        )
    _wide().print(table if table.row_count else "Nothing waits.")
    if (more := sum(counts[one] for one in whom) - len(views)) > 0:
        out.print(f"and {more} more")


def _all_pages(find: Callable[..., list[CaseView]]) -> Iterator[CaseView]:
    for start in itertools.count(0, MOST_CASES):
        views = find(limit=MOST_CASES, offset=start)
        yield from views
        if len(views) < MOST_CASES:
            return


def _line(view: CaseView) -> dict[str, Any]:
    """A case in the stable machine-readable form."""
    found, post = view.case, view.post
    return {
        "case": found.id,
        "kind": found.kind.name,
        "subject": found.subject,
        "state": found.state.value,
        "waits_for": found.waits_for.value,
        "opened_at": found.opened_at.isoformat(),
        "due_at": found.due_at.isoformat() if found.due_at else None,
        "external_ids": [post.key.external_id] if post else [],
        "thread_id": post.thread_id if post else None,
    }


def _wide() -> Console:
    """Tables fit the terminal; in files and pipes their lines are not cut."""
    return out if out.is_terminal else Console(highlight=False, width=160)


@case.command("show")
@click.argument("number", type=int)
@brand_option
@pass_session
def show_case(session: Session, number: int, brand: str | None) -> None:
    """Show one case with its post, findings and history."""
    name = session.brand(brand).brand
    with session.store() as store:
        view = store.cases.get(name, number)
    for line in _lines(view):
        out.print(line, markup=False)


def _findings(view: CaseView) -> list[Finding]:
    return [found.finding for found in view.findings]


def _lines(view: CaseView) -> list[str]:
    found, post = view.case, view.post
    lines = [
        f"Case {found.id}: {found.state.value.replace('_', ' ')}, waits for {found.waits_for}",
        *([] if found.kind.about_findings else [f"{found.kind.name}: {found.subject!r}"]),
    ]
    if post:
        lines.append(f"{post.key}  {post.created_at:%Y-%m-%d %H:%M} UTC  {post.author}")
        lines.append(repr(masked(post.text, _findings(view)))[1:-1])
    for item in view.findings:
        gone = " (no longer in the text)" if item.gone_at else ""
        grave = glossary.severity(item.finding.severity)
        words = masked_words(item.finding.matched, item.finding.topic)
        lines.append(f"- {grave}: {item.finding.title}{gone}: {words!r}")
        lines.append(f"  why: {item.finding.why}")
    lines += [
        f"{e.at:%Y-%m-%d %H:%M} {e.actor}: {glossary.step(e.action)} {masked(e.note)!r}" for e in found.events
    ]
    return lines


@click.command()
@brand_option
@pass_session
def roster(session: Session, brand: str | None) -> None:
    """Show who is on the roster, and how they sign."""
    table = Table("id", "name", "role", "signs", "e-mail", "introduced", box=None, pad_edge=False)
    for person in session.brand(brand).people:
        met_on = person.met_on.isoformat() if person.met_on else ""
        cells = (
            person.id,
            person.name,
            person.role.value,
            " ".join(person.marks),
            person.email or "",
            met_on,
        )
        table.add_row(*(Text(printable(cell) or "-") for cell in cells))
    _wide().print(table)
