"""What needs one line in the digest: old cases, the day's work, small things, money."""

from __future__ import annotations

from collections import Counter

from bot.letters import naming
from bot.letters.digest.coverage import unjudged
from bot.letters.digest.matters import Matters
from bot.letters.digest.summary import Asked
from bot.letters.entries import told_of
from bot.letters.model import AccountSpend, DigestInput
from bot.letters.untrusted import name
from bot.words import figures, say
from policies.model.finding import Severity

_NEARLY_SPENT = 0.8  #: share of the budget from which it is said
_KINDS = 3  #: kinds of small things that are named


def notes(given: DigestInput, sorted_out: Matters, asked: Asked) -> tuple[str, ...]:
    """The lines, each a sentence or two; on a grave day without praise."""
    lines = (
        _settled(sorted_out),
        _still_urgent(sorted_out),
        _older(given, sorted_out, asked),
        say("ask.older", given.questions_older) if given.questions_older and not given.questions else "",
        _work(given, asked),
        _small(given),
        name(given.mood, 200) if asked.calm else "",
        unjudged(given),
        _floods(given),
        _money(given),
    )
    return tuple(line for line in lines if line)


def _settled(sorted_out: Matters) -> str:
    """What cannot wait and was settled."""
    told = [told_of(view) for view in sorted_out.settled[:_KINDS]]
    return say("digest.settled.urgent", what=say("list.semicolon").join(told)) if told else ""


def _still_urgent(sorted_out: Matters) -> str:
    """What cannot wait and has waited for days."""
    told = [told_of(view) for view in sorted_out.still_urgent[:_KINDS]]
    return say("digest.still_urgent", what=say("list.semicolon").join(told)) if told else ""


def _older(given: DigestInput, sorted_out: Matters, asked: Asked) -> str:
    if not asked.older:
        return ""
    parts = [
        say(f"digest.older.{whose}", number)
        for whose, number in (("yours", asked.older_yours), ("agencys", asked.older_agencys))
        if number
    ]
    since = sorted_out.oldest
    oldest = (
        say("digest.older.since", when=figures.date_name(since.astimezone(given.zone).date()))
        if since
        else ""
    )
    return say("digest.older", parts=figures.listed(parts), oldest=oldest)


def _work(given: DigestInput, asked: Asked) -> str:
    """What the summary has not said of the day's work."""
    seen, lines = given.figures, []
    if seen.published and asked.grave:
        posts = say("posts", seen.published)
        lines.append(
            say("digest.clean", seen.flagged, posts=posts)
            if seen.flagged
            else say("digest.no_remark", posts=posts)
        )
    if seen.in_owners_name:  # rules on what only the owner may do leave these alone: say how many there are
        lines.append(say("digest.your_mark", seen.in_owners_name))
    if seen.settled:
        lines.append(say("digest.settled", seen.settled))
    return " ".join(lines)


def _small(given: DigestInput) -> str:
    """How many small remarks, and of which kinds most."""
    small = [found.finding for found, _ in given.warnings if found.finding.severity is Severity.WARN]
    total = max(given.warning_count - (len(given.warnings) - len(small)), len(small))
    if not small:
        return ""
    kinds = Counter(name(finding.title, 60) for finding in small).most_common(_KINDS)
    return say("digest.small.kinds", total, kinds=say("list.semicolon").join(title for title, _ in kinds))


def _floods(given: DigestInput) -> str:
    """Rules that find what is ordinary for this business, and what to do."""
    told = [
        say("digest.flood", rule=name(title, 60), found=found, posts=posts)
        for title, found, posts in given.floods
    ]
    return " ".join(told[:_KINDS])


def _money(given: DigestInput) -> str:
    """What the month has cost so far; empty where nothing is charged."""
    charged = [one for one in given.spend if one.spent.micro_dollars]
    if not charged:
        return ""
    total = figures.dollars(sum(one.spent.micro_dollars for one in charged))
    near = [one for one in charged if _share(one) >= _NEARLY_SPENT]
    told = say("digest.cost.intro", total=total)
    if not near:
        return told
    accounts = [naming.account(o.spent.account.platform, name(o.spent.account.handle)) for o in near[:3]]
    return f"{told} {say('digest.cost.near', accounts=figures.listed(accounts))}"


def _share(one: AccountSpend) -> float:
    return one.spent.micro_dollars / one.budget if one.budget else 0.0
