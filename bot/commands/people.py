"""Commands about cases, the roster and links."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.commands.common import Session, brand_option, out, pass_session, printable
from policies.model.case import CaseState

if TYPE_CHECKING:
    from storage.views import CaseView

MOST_CASES = 200  #: listed at once


@click.group()
def case() -> None:
    """What waits for somebody, and how it got there."""


@case.command("list")
@click.option("--all", "closed_too", is_flag=True, help="Closed cases too.")
@brand_option
@pass_session
def list_cases(session: Session, brand: str | None, closed_too: bool) -> None:
    """List cases, worst first."""
    states = set(CaseState) if closed_too else set(CaseState) - {CaseState.CLOSED}
    table = Table("case", "severity", "waits for", "opened", "post", box=None, pad_edge=False)
    name = session.brand(brand).brand
    with session.store() as store:
        for view in store.cases.find(name, states=states, limit=MOST_CASES):
            table.add_row(
                str(view.case.id),
                view.case.severity.value,
                view.case.state.waits_for,
                f"{view.case.opened_at:%Y-%m-%d %H:%M}",
                Text(printable(" ".join(view.post.text.split())[:70]), no_wrap=True, overflow="ellipsis"),
            )
        waiting = sum(store.cases.count(name, states=states).values())
    _wide().print(table if table.row_count else "Nothing waits.")
    if waiting > MOST_CASES:
        out.print(f"and {waiting - MOST_CASES} more")


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


def _lines(view: CaseView) -> list[str]:
    found, post = view.case, view.post
    lines = [
        f"Case {found.id}: {found.state.value.replace('_', ' ')}, waits for {found.state.waits_for}",
        f"{post.key}  {post.created_at:%Y-%m-%d %H:%M} UTC  {post.author}",
        repr(post.text)[1:-1],
    ]
    for item in view.findings:
        gone = " (no longer in the text)" if item.gone_at else ""
        lines.append(f"- {item.finding.severity}: {item.finding.title}{gone}: {item.finding.matched!r}")
        lines.append(f"  why: {item.finding.why}")
    lines += [
        f"{e.at:%Y-%m-%d %H:%M} {e.actor}: {e.action.value.replace('_', ' ')} {e.note!r}"
        for e in found.events
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
