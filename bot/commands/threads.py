"""``oversight threads``: how each conversation stands."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from bot.commands.common import (
    Session,
    brand_in_hand,
    brand_option,
    format_option,
    pass_session,
    printable,
    settings_option,
    show_table,
)
from policies.errors import OversightError
from policies.import_files import read_posts
from policies.model.thread import threads_of

if TYPE_CHECKING:
    from bot.settings.brand import Brand
    from policies.model.thread import Thread
    from policies.threads import Conversation

MOST_THREADS = 100_000  #: of the store, the latest


@click.command()
@click.argument("file", type=click.File("rb"), required=False)
@settings_option
@brand_option
@click.option(
    "--days", type=click.IntRange(1, 3660), default=31, show_default=True, help="Of the store: how far back."
)
@click.option("--now", "at", metavar="TIME", help="ISO 8601: as it stood then; by default the present.")
@format_option
@pass_session
def threads(
    session: Session,
    file: BinaryIO | None,
    settings: Path | None,
    brand: str | None,
    days: int,
    at: str | None,
    form: str,
) -> None:
    """Say of each conversation who waits, who complains, who was brushed off, and who needs the owner.

    FILE holds posts as `oversight import` reads them; it is judged without touching the store. Without FILE the
    conversations of the store are read. Where several clients write under one post, the line is about the one in
    most trouble.

    Exit code 0: nobody needs the owner. 1: somebody does, or a line was left out. 2: bad input.
    """
    now = _time(at)
    left_out = 0
    if file is not None:
        lines = list(read_posts(file.read(), now=now))
        for line in lines:
            if line.post is None:
                left_out += 1
                click.echo(f"line {line.number}: {printable(line.problem)}", err=True)
        newest = {line.post.key: line.post for line in lines if line.post}  # a later line is an edit
        config = brand_in_hand(session, settings, brand, [post.key.account for post in newest.values()])
        found = list(threads_of(newest.values()).values())
    else:
        config = session.brand(brand)
        with session.store() as store:
            views = store.periods.threads(
                config.brand, since=now - timedelta(days=days), until=now, limit=MOST_THREADS
            )
        found = [view.thread for view in views]
    told = list(_worst(_judged(session, config, found, now)))
    _show(told, form)
    sys.exit(int(bool(left_out) or any(one.needs_owner for one in told)))


def _time(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise OversightError(f"{text!r} is no time.", mend="Write it like 2026-11-28T09:00:00Z.") from error
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _judged(session: Session, brand: Brand, found: Sequence[Thread], now: datetime) -> list[Conversation]:
    from policies.threads import conversations

    scorer, _ = session.models
    return conversations(
        found,
        scorer.read,
        hours=brand.business_hours(now),
        now=now,
        promise=brand.answer_within,
        people=brand.roster(),
        read_exchanges=session.exchanges.read if session.exchanges else None,
    )


def _worst(found: Iterable[Conversation]) -> Iterable[Conversation]:
    """One conversation for each thread: the worst comes last there."""
    return {one.thread: one for one in found}.values()


def _show(found: Sequence[Conversation], form: str) -> None:
    if form == "jsonl":
        for one in found:
            click.echo(json.dumps(as_json(one), ensure_ascii=False))
        return
    rows = sorted(found, key=lambda one: (not one.needs_owner, not one.complaint, one.asked.created_at))
    show_table(
        ("asked", "client", "stands", "why", "words"),
        (
            (
                f"{one.asked.created_at:%Y-%m-%d %H:%M}",
                one.asker,
                str(one.standing),
                str(one.reason) if one.needs_owner else "complaint" if one.complaint else "",
                " ".join(one.latest.text.split())[:80],
            )
            for one in rows
        ),
    )


def as_json(one: Conversation) -> dict[str, Any]:
    """The stable form of one conversation (docs/design.md, 5)."""
    return {
        "thread_id": one.thread.thread_id,
        "platform": one.thread.account.platform,
        "account": one.thread.account.handle,
        "asker": one.asked.author,
        "asked_at": one.asked.created_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "first_answer_s": _seconds(one.first_answer),
        "business_s": _seconds(one.business),
        "state": one.standing.value,
        "needs_owner": one.needs_owner,
        "complaint": one.complaint,
        "brushed_off": one.brushed_off,
        "reason": one.reason.value if one.reason else None,
    }


def _seconds(length: timedelta | None) -> int | None:
    return None if length is None else round(length.total_seconds())
