"""What nobody has checked."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.letters import naming
from bot.letters.model import DigestInput, Entry, Section
from bot.letters.untrusted import name
from bot.words import figures, say
from bot.words.reasons import reason
from policies.model.coverage import Unchecked, Why
from policies.model.keys import AccountKey
from storage.views import StreamHealth

_MOST = 3
_JUDGED_IN_PART = {Why.UNREADABLE, Why.LANGUAGE, Why.LINKS, Why.PICTURES, Why.LONG, Why.CUT, Why.BROKEN}
_UNREAD = frozenset(set(Why) - _JUDGED_IN_PART)


def stale(health: StreamHealth, given: DigestInput) -> bool:
    """Whether what we know of a stream may be out of date at the end of the period."""
    if health.failing_since or health.complete_at is None:
        return True
    return given.until - health.complete_at > given.stale_after


def unread_accounts(given: DigestInput) -> set[AccountKey]:
    """Accounts of which a stretch of the period was not seen."""
    silent = {one.stream.account for one in given.health if stale(one, given)}
    return silent | {note.account_key for note in given.unchecked if note.why in _UNREAD}


def unseen_section(given: DigestInput) -> Section | None:
    """Accounts of which a stretch was not seen, and mails that may be lost; None where there is neither."""
    entries = [_silence(one, given.zone) for one in _silent(given)]
    entries += [_note(note, given.zone) for note in given.unchecked if note.why in _UNREAD]
    entries += [Entry(title=say("digest.unseen.notice"), lines=(name(text, 240),)) for text in given.notices]
    if not entries:
        return None
    return Section(
        title=say("digest.unseen.title"),
        entries=tuple(entries[:_MOST]),
        more=max(len(entries) - _MOST, 0),
        more_where=say("digest.unseen.more"),
    )


def unjudged(given: DigestInput) -> str:
    """What was seen and could not be judged in full, in one line: a language, pictures, links."""
    counts: Counter[Why] = Counter()
    for note in given.unchecked:
        counts[note.why] += (note.count or 1) if note.why not in _UNREAD else 0
    kinds = [say("digest.unjudged.kind", n, what=say(f"why.{why}")) for why, n in sorted(counts.items()) if n]
    return say("digest.unjudged", kinds=say("list.semicolon").join(kinds)) if kinds else ""


def _silent(given: DigestInput) -> list[StreamHealth]:
    """One stream for each account that went silent without a note: the one that was read longest ago."""
    told = {note.account_key for note in given.unchecked if note.why in _UNREAD}
    oldest_first = sorted(given.health, key=lambda one: one.complete_at or datetime.min.replace(tzinfo=UTC))
    silent: dict[AccountKey, StreamHealth] = {}
    for one in oldest_first:
        if stale(one, given) and one.stream.account not in told:
            silent.setdefault(one.stream.account, one)
    return list(silent.values())


def _note(note: Unchecked, zone: ZoneInfo) -> Entry:
    items = say("items", note.count) if note.count else ""
    when = _window(note.since, note.until, zone)
    return Entry(
        title=say(
            "digest.unseen.about",
            what=say(f"why.{note.why}"),
            account=naming.account(note.platform, name(note.account)),
        ),
        meta=say("list.separator").join(part for part in (items, when) if part),
        lines=(name(_told(note), 240),),
        tone="warn",
    )


def _told(note: Unchecked) -> str:
    """The note as a sentence; one from before codes is told as it is."""
    if not note.code:
        return note.detail
    return reason(note.code, {"site": naming.platform(note.platform), "detail": note.detail, **note.parts})


def _silence(health: StreamHealth, zone: ZoneInfo) -> Entry:
    account = health.stream.account
    seen = (
        say("digest.unseen.read", when=figures.moment(health.complete_at, zone)) if health.complete_at else ""
    )
    lines = (
        seen or say("digest.unseen.never"),
        name(reason(health.code, health.parts) if health.code else health.error or "", 240),
    )
    return Entry(
        title=say("digest.unseen.stale", account=naming.account(account.platform, name(account.handle))),
        meta=say("digest.unseen.failing", when=figures.moment(health.failing_since, zone))
        if health.failing_since
        else "",
        lines=tuple(line for line in lines if line),
        tone="warn",
    )


def _window(since: datetime | None, until: datetime | None, zone: ZoneInfo) -> str:
    if since and until:
        return say("digest.unseen.span", since=figures.moment(since, zone), until=figures.moment(until, zone))
    if since:
        return say("digest.unseen.since", when=figures.moment(since, zone))
    return say("digest.unseen.until", when=figures.moment(until, zone)) if until else ""
