"""Numbers, times and money in words: short, in the language of the moment, never dependent on the machine's locale."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from bot.words import say

_MICRO = 1_000_000
_LAST_IN_WORDS = 5  #: numbers from two to this one are written as words where a sentence begins with them


def listed(parts: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(parts) < 2:
        return "".join(parts)
    return say("list.end", rest=say("list.separator").join(parts[:-1]), last=parts[-1])


def capital(sentence: str) -> str:
    """The sentence with its first letter in upper case."""
    return sentence[:1].upper() + sentence[1:]


def grouped(number: int) -> str:
    """``1,204``."""
    return say("number.grouped", number=number)


def in_words(number: int) -> str:
    """``two`` to ``five``, and figures for the rest."""
    return say(f"number.{number}") if 2 <= number <= _LAST_IN_WORDS else str(number)


def lasting(span: timedelta) -> str:
    """A length of time in the largest unit that says enough: ``34 minutes``, ``2 h 5 min``, ``3 days``."""
    minutes = max(round(span / timedelta(minutes=1)), 0)
    if minutes < 1:
        return say("span.moment")
    if minutes < 60:
        return say("span.minutes", minutes)
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        return say("span.mixed", h=hours, m=rest) if rest else say("span.hours", hours)
    return say("span.days", round(hours / 24))


def brief(span: timedelta) -> str:
    """A length of time for a small space: ``34 min``, ``2 h``, ``3 d``."""
    minutes = max(round(span / timedelta(minutes=1)), 0)
    if minutes < 100:
        return say("span.brief_minutes", m=minutes)
    hours = round(minutes / 60)
    return say("span.brief_hours", h=hours) if hours < 48 else say("span.brief_days", d=round(hours / 24))


def ago(at: datetime, now: datetime) -> str:
    """How long ago, in one unit, for instance ``3 hours ago``."""
    passed = now - at
    if passed < timedelta(minutes=2):
        return say("ago.now")
    if passed < timedelta(hours=2):
        return say("ago.minutes", passed // timedelta(minutes=1))
    if passed < timedelta(days=2):
        return say("ago.hours", passed // timedelta(hours=1))
    return say("ago.days", passed.days)


def date_name(on: date) -> str:
    """``Fri 20 Nov``."""
    return say("date.short", weekday=weekday(on), day=on.day, month=_month(on))


def long_date(on: date) -> str:
    """``20 November``."""
    return say("date.long", day=on.day, month=say("months.long").split()[on.month - 1])


def weekday(on: date) -> str:
    """``Fri``."""
    return say("weekdays").split()[on.weekday()]


def _month(on: date) -> str:
    return say("months").split()[on.month - 1]


def moment(at: datetime, zone: tzinfo) -> str:
    """``Fri 20 Nov, 18:00`` in the brand's zone."""
    local = _local(at, zone)
    return say("date.moment", date=date_name(local.date()), time=f"{local:%H:%M}")


def when(at: datetime, zone: tzinfo) -> str:
    """The same with its year: ``Sun 22 Nov 2026, 18:03``."""
    local = _local(at, zone)
    return say("date.dated", date=date_name(local.date()), year=str(local.year), time=f"{local:%H:%M}")


def _local(at: datetime, zone: tzinfo) -> datetime:
    """A time by a zone's clock; at the ends of the calendar, where the zone has no such time, as it is."""
    try:
        return at.astimezone(zone)
    except OverflowError:
        return at


def period(since: datetime, until: datetime, zone: ZoneInfo) -> str:
    """``Thu 19 Nov, 18:00 to Fri 20 Nov, 18:00 (Berlin time)``."""
    return zoned(say("date.span", since=moment(since, zone), until=moment(until, zone)), zone)


def zoned(time: str, zone: ZoneInfo) -> str:
    """The time with whose it is: ``Fri 20 Nov, 18:00 (Berlin time)``."""
    return say("date.zoned", time=time, place=zone.key.rsplit("/", 1)[-1].replace("_", " "))


def dollars(micro: int) -> str:
    """``$1.25`` from millionths of a US dollar; anything below a cent says so."""
    if 0 < micro < _MICRO // 100:
        return say("money.under_a_cent")
    return say("money.dollars", amount=micro / _MICRO)
