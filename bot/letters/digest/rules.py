"""The monthly part: how often the owner found the rules right."""

from __future__ import annotations

from bot.letters import words
from bot.letters.model import DigestInput, RuleRecord, Section, Table
from bot.letters.untrusted import name

_MOST = 8  #: rules in the table


def rules_section(given: DigestInput) -> Section | None:
    """What the owner's decisions of the last month say of each rule; None in any other digest."""
    if not given.rules:
        return None
    right = sum(one.right for one in given.rules)
    total = right + sum(one.wrong for one in given.rules)
    intro = f"You decided on {words.count(total, 'finding')} last month, and {right:,} of them were right."
    shown = sorted(given.rules, key=lambda one: (-one.wrong, -one.right, one.title))[:_MOST]
    advice = [_advice(one) for one in given.rules if one.cries_wolf]
    return Section(
        title="How the rules did",
        intro=" ".join([intro, *advice[:_MOST]]),
        table=_table(shown),
        more=len(given.rules) - len(shown),
        more_where="rules that you decided on",
    )


def _table(records: list[RuleRecord]) -> Table:
    rows = tuple((name(one.title), f"{one.right:,}", f"{one.wrong:,}") for one in records)
    return Table(caption="Your decisions last month", head=("Rule", "Right", "False alarms"), rows=rows)


def _advice(one: RuleRecord) -> str:
    return (
        f"“{name(one.title)}” cries wolf: {one.wrong_ever:,} of its {one.ever:,} findings so far were false alarms. "
        "Whoever runs this can lower its severity or put it on trial."
    )
