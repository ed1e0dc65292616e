"""The last days as bars, in the first digest of a week."""

from __future__ import annotations

from datetime import timedelta

from bot.letters.model import Chart, DayFigures, DigestInput, Table
from bot.words import figures, say

DAYS_SHOWN = 7  #: bars in the chart, newest days


def chart(given: DigestInput) -> Chart | None:
    """The bars; None in any other digest, and where nothing was said."""
    shown = given.days[-DAYS_SHOWN:]
    if not _begins_a_week(given) or len(shown) < 2 or not any(one.outbound or one.inbound for one in shown):
        return None
    return Chart(days=shown, alt=_in_words(shown))


def _begins_a_week(given: DigestInput) -> bool:
    """Whether a Monday began in the period, by the brand's clock."""
    until = given.until.astimezone(given.zone)
    midnight = until.replace(hour=0, minute=0, second=0, microsecond=0)
    return given.since < midnight - timedelta(days=until.weekday()) <= given.until


def _in_words(shown: tuple[DayFigures, ...]) -> str:
    out, received, found = (
        sum(getattr(one, field) for one in shown) for field in ("outbound", "inbound", "findings")
    )
    return say(
        "digest.bars",
        days=len(shown),
        posts=say("posts", out),
        messages=say("messages", received),
        remarks=say("remarks", found),
    )


def day_table(given: DigestInput) -> Table:
    """The same in numbers, for the plain text."""
    rows = tuple(
        (
            figures.date_name(one.date),
            *(figures.grouped(n) for n in (one.outbound, one.inbound, one.findings)),
        )
        for one in given.days[-DAYS_SHOWN:]
    )
    return Table(
        caption=say("digest.days.utc"),
        head=tuple(say(f"digest.days.{column}") for column in ("day", "published", "received", "remarks")),
        rows=rows,
    )
