"""`oversight policy learned`: the examples that the owner's verdicts left, and taking one away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bot.commands.common import Session, brand_option, format_option, show_table
from bot.wiring import utc_now
from policies.masking import masked

if TYPE_CHECKING:
    from policies.learned import Lesson
    from storage.store import Store

_MEANS = {"flag": "must be found", "ok": "must be left alone"}


@click.command()
@brand_option
@click.option("--drop", "case", type=int, metavar="CASE", help="Forget the examples from this case.")
@click.option("--rule", metavar="ID", help="Only the examples of this rule.")
@format_option
def learned(brand: str | None, case: int | None, rule: str | None, form: str) -> None:
    """List the texts that the owner wants remembered as examples, or forget some with --drop.

    They stand in rules-learned/BRAND.yaml; `oversight policy test` tries each rule on them.
    """
    session = click.get_current_context().find_object(Session)
    if session is None:
        raise click.UsageError("There is no home folder here. Name it with --home.")
    name = session.brand(brand).brand
    with session.store() as store:
        if case is not None:
            _drop(session, store, name, case, rule)
            return
        lessons = [lesson for lesson in store.examples.find(name) if rule in (None, lesson.rule)]
    if form == "jsonl":
        for lesson in lessons:
            click.echo(lesson.model_dump_json(exclude_unset=True))
        return
    _show(lessons)


def _drop(session: Session, store: Store, brand: str, case: int, rule: str | None) -> None:
    from bot.jobs.learn import write_lessons
    from bot.settings.home import learned_file

    now = utc_now()
    count = store.examples.drop(brand, case, rule=rule, actor="operator", now=now)
    write_lessons(store, brand, learned_file(session.path, brand), now=now)
    click.echo("1 example forgotten." if count == 1 else f"{count} examples forgotten.")


def _show(lessons: list[Lesson]) -> None:
    if not lessons:
        click.echo("Nothing was kept yet.")
        return
    rows = [
        [str(one.case), one.rule, _MEANS[one.sort], f"{one.decided_at:%Y-%m-%d}", one.decided_by,
         " ".join(masked(one.example.text).split())[:70]]
        for one in lessons
    ]  # fmt: skip
    show_table(["case", "rule", "its text", "decided", "by", "begins with"], rows)
