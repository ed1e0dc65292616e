"""The monthly part: how often the owner found the rules right."""

from __future__ import annotations

from bot.letters.model import DigestInput, RuleRecord, Section, Table
from bot.letters.untrusted import name
from bot.words import figures, say

_MOST = 5  #: rules in the table


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
