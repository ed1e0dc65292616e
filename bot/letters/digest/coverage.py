"""What nobody has checked, and what the checking cost."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.letters import words
from bot.letters.model import AccountSpend, DigestInput, Entry, Section, Table
from bot.letters.untrusted import name
from policies.model.coverage import Unchecked, Why
from storage.views import StreamHealth

_MOST = 8
_NEARLY_SPENT = 0.8  #: share of the budget from which it is said
_UNREAD = frozenset(set(Why) - {Why.UNREADABLE, Why.LANGUAGE, Why.LINKS, Why.PICTURES})
_WHY = {
    Why.GAP: "A gap",
    Why.RATE_LIMITED: "Slowed down by the platform",
    Why.BUDGET_SPENT: "Reading budget used up",
    Why.TOKEN_DEAD: "Access has ended",
    Why.UNREACHABLE: "Could not be reached",
    Why.UNREADABLE: "Posts we could not open",
    Why.LANGUAGE: "A language we do not read",
    Why.LINKS: "Links we could not follow",
    Why.PICTURES: "Pictures we could not read",
}


def stale(health: StreamHealth, given: DigestInput) -> bool:
    """Whether what we know of a stream may be out of date at the end of the period."""
    if health.failing_since or health.complete_at is None:
        return True
    return given.until - health.complete_at > given.stale_after


def unread_accounts(given: DigestInput) -> set[tuple[str, str]]:
    """Accounts (platform, handle) of which a stretch of the period was not seen."""
    silent = {(one.platform, one.account) for one in given.health if stale(one, given)}
    return silent | {(note.platform, note.account) for note in given.unchecked if note.why in _UNREAD}


def unseen_section(given: DigestInput) -> Section | None:
    """What was not checked and why, one entry for each cause; None where everything was seen."""
    entries = [_silence(one, given.zone) for one in _silent(given)]
    notes = sorted(given.unchecked, key=lambda note: note.why not in _UNREAD)
    entries += [_note(note, given.zone) for note in notes]
    entries += [Entry(title="A note from the service", lines=(name(text, 240),)) for text in given.notices]
    if not entries:
        return None
    return Section(
        title="What we did not see",
        intro="So that silence is never mistaken for good news.",
        entries=tuple(entries[:_MOST]),
        more=max(len(entries) - _MOST, 0),
        more_where="of this kind",
    )


def _silent(given: DigestInput) -> list[StreamHealth]:
    """One stream for each account that went silent without a note: the one that was read longest ago."""
    told = {(note.platform, note.account) for note in given.unchecked if note.why in _UNREAD}
    oldest_first = sorted(given.health, key=lambda one: one.complete_at or datetime.min.replace(tzinfo=UTC))
    silent: dict[tuple[str, str], StreamHealth] = {}
    for one in oldest_first:
        if stale(one, given) and (one.platform, one.account) not in told:
            silent.setdefault((one.platform, one.account), one)
    return list(silent.values())


def _note(note: Unchecked, zone: ZoneInfo) -> Entry:
    items = words.count(note.count, "item") if note.count else ""
    when = _window(note.since, note.until, zone)
    return Entry(
        title=f"{_WHY[note.why]}: {words.account(note.platform, name(note.account))}",
        meta=", ".join(part for part in (items, when) if part),
        lines=(name(note.detail, 240),),
        tone="warn" if note.why in _UNREAD else "plain",
    )


def _silence(health: StreamHealth, zone: ZoneInfo) -> Entry:
    seen = f"Last read in full {words.moment(health.complete_at, zone)}." if health.complete_at else ""
    lines = (seen or "It has never been read in full yet.", name(health.error or "", 240))
    return Entry(
        title=f"Not up to date: {words.account(health.platform, name(health.account))}",
        meta=f"Failing since {words.moment(health.failing_since, zone)}" if health.failing_since else "",
        lines=tuple(line for line in lines if line),
        tone="warn",
    )


def _window(since: datetime | None, until: datetime | None, zone: ZoneInfo) -> str:
    if since and until:
        return f"{words.moment(since, zone)} to {words.moment(until, zone)}"
    if since:
        return f"since {words.moment(since, zone)}"
    return f"until {words.moment(until, zone)}" if until else ""


def spend_section(given: DigestInput) -> Section | None:
    """API money of the month by account; None where nothing is charged and nothing budgeted."""
    charged = [one for one in given.spend if one.spent.micro_dollars or one.budget is not None]
    if not charged:
        return None
    total = sum(one.spent.micro_dollars for one in charged)
    near = [one for one in charged if _share(one) >= _NEARLY_SPENT]
    warning = ""
    if near:
        accounts = words.listed([words.account(o.spent.platform, name(o.spent.account)) for o in near[:3]])
        warning = f" Close to the budget: {accounts}. Reading stops before it is passed."
    return Section(
        title="What it cost",
        intro=f"Reading the platforms has cost {words.dollars(total)} so far this month.{warning}",
        table=_spend_table(charged[:_MOST]),
        more=max(len(charged) - _MOST, 0),
        more_where="accounts with costs",
    )


def _share(one: AccountSpend) -> float:
    return one.spent.micro_dollars / one.budget if one.budget else 0.0


def _spend_table(charged: list[AccountSpend]) -> Table:
    rows = tuple(
        (
            words.account(one.spent.platform, name(one.spent.account)),
            f"{one.spent.reads:,}",
            words.dollars(one.spent.micro_dollars),
            "no limit" if one.budget is None else words.dollars(one.budget),
        )
        for one in charged
    )
    return Table(caption="API money this month", head=("Account", "Reads", "Cost", "Budget"), rows=rows)
