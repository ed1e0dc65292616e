"""`oversight policy limits`: from which chances topics are asked about and said at a brand, and an undo."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from bot.commands.common import Session, brand_option, format_option, printable, show_table
from bot.wiring import utc_now
from bot.words import say
from policies.errors import OversightError
from policies.located_yaml import did_you_mean
from policies.topics import shipped

if TYPE_CHECKING:
    from policies.model.limits import TopicLimits
    from storage.limits import KeptLimits
    from storage.store import Store


@click.command()
@brand_option
@click.option("--undo", "topic", metavar="TOPIC", help="Take back the last change of this topic.")
@format_option
def limits(brand: str | None, topic: str | None, form: str) -> None:
    """Show from which chances topics are asked about and said, and every change of them, the newest first.

    They move by the owner's yes and no, once a day; the digest says so. What is taken back stays so until the owner
    has decided on something else. --undo on what was taken back brings it again.
    """
    session = click.get_current_context().find_object(Session)
    if session is None:
        raise click.UsageError("There is no home folder here. Name it with --home.")
    name = session.brand(brand).brand
    with session.store() as store:
        if topic is not None:
            _undo(store, name, topic)
            return
        history = store.limits.history(name)
    rows = [_row(one) for one in history]
    rows += [_shipped(topic, ours) for topic, ours in shipped().limits_by_topic.items()]
    if form == "jsonl":
        for row in rows:
            click.echo(json.dumps(row, ensure_ascii=False))
        return
    cells = [_cells(row) for row in rows]
    show_table(["topic", "asked from", "said from", "since", "by", "why"], cells)


def _cells(row: Mapping[str, object]) -> list[str]:
    since = str(row["made_at"] or "")[:16]
    limits_shown = [f"{row['asked']:.3f}", f"{row['said']:.3f}"]
    return [str(row["topic"]), *limits_shown, since, str(row["made_by"] or ""), str(row["why"])]


def _undo(store: Store, brand: str, topic: str) -> None:
    newest = store.limits.newest(brand)
    if topic not in newest:
        known = did_you_mean(topic, newest) if newest else "Nothing has moved any."
        raise OversightError(f"{brand} has no limits of its own for {topic!r}.", mend=known)
    ours = shipped().limits_by_topic.get(topic, newest[topic].change.limits)
    store.limits.undo(brand, newest[topic].id, shipped=ours, actor="operator", now=utc_now())
    click.echo(printable(f"{topic}: {_why(store.limits.newest(brand)[topic])}"))


def _why(one: KeptLimits) -> str:
    return say(f"limits.{one.change.code}", **one.change.parts)


def _row(one: KeptLimits) -> dict[str, object]:
    return {
        "id": one.id,
        "topic": one.topic,
        "asked": round(one.change.limits.asked, 4),
        "said": round(one.change.limits.said, 4),
        "shipped": one.change.shipped,
        "made_at": one.made_at.isoformat(),
        "made_by": one.made_by,
        "why": _why(one),
    }


def _shipped(topic: str, ours: TopicLimits) -> dict[str, object]:
    return {
        "id": None,
        "topic": topic,
        "asked": round(ours.asked, 4),
        "said": round(ours.said, 4),
        "shipped": True,
        "made_at": None,
        "made_by": None,
        "why": say("limits.shipped"),
    }
