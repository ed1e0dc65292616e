"""What the owner's answers say of the rules: what they changed, and each month how often she found them right."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.letters.model import DESK, Button, DigestInput, Entry, ReadersLink, RuleRecord, Section, Table
from bot.letters.untrusted import name
from bot.words import figures, say
from storage.limits import KeptLimits

_MOST = 5  #: rules in the table
_MOST_CHANGES = 3  #: limits that moved
LIMITS = "limits"  #: the page where changes are undone


def limits_section(given: DigestInput, link: ReadersLink) -> Section | None:
    """What answers have changed since the last digest, with the way to undo it; None where nothing has."""
    newest = {one.topic: one for one in reversed(given.limits)}.values()
    moved = [one for one in newest if one.by_machine]
    if not moved:
        return None
    shown = moved[:_MOST_CHANGES]
    return Section(
        title=say("digest.limits"),
        entries=tuple(_change(one, given.zone, link) for one in shown),
        more=len(moved) - len(shown),
        more_where=say("digest.limits.more"),
        more_link=_undo(link),
    )


def _change(one: KeptLimits, zone: ZoneInfo, link: ReadersLink) -> Entry:
    parts = one.change.parts
    what = say(f"limits.{one.change.code}", **parts)
    day = figures.date_name(one.made_at.astimezone(zone).date())
    return Entry(
        title=name(str(parts.get("title", one.topic))),
        lines=(say("digest.limits.one", what=what, day=day),),
        buttons=(_undo(link),),
    )


def _undo(link: ReadersLink) -> Button:
    return Button(label=say("digest.limits.undo"), url=f"{link(DESK)}?to={LIMITS}")


def rules_section(given: DigestInput) -> Section | None:
    """What the owner's decisions of the last month say of each rule; None in any other digest."""
    if not given.rules:
        return None
    right = sum(one.right for one in given.rules)
    total = right + sum(one.wrong for one in given.rules)
    intro = say("digest.rules.intro", total, right=right)
    shown = sorted(given.rules, key=lambda one: (-one.wrong, -one.right, one.title))[:_MOST]
    advice = [_advice(one) for one in given.rules if one.cries_wolf]
    return Section(
        title=say("digest.rules"),
        intro=" ".join([intro, *advice[:_MOST]]),
        table=_table(shown),
        more=len(given.rules) - len(shown),
        more_where=say("digest.rules.more"),
    )


def _table(records: list[RuleRecord]) -> Table:
    rows = tuple((name(one.title), figures.grouped(one.right), figures.grouped(one.wrong)) for one in records)
    return Table(
        caption=say("digest.rules.table"),
        head=tuple(say(f"digest.rules.{column}") for column in ("rule", "right", "wrong")),
        rows=rows,
    )


def _advice(one: RuleRecord) -> str:
    return say("digest.rules.wolf", rule=name(one.title), wrong=one.wrong_ever, ever=one.ever)
