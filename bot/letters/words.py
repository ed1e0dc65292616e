"""How the digest says numbers, times and money: short, plain English, never dependent on the machine's locale."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.connectors import shown_handle, title_of
from bot.letters.untrusted import name

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MICRO = 1_000_000
NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five"}  #: small numbers in words


def count(number: int, one: str, many: str | None = None) -> str:
    """``1 post``, ``1,204 posts``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(parts: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def capital(sentence: str) -> str:
    """The sentence with its first letter in upper case."""
    return sentence[:1].upper() + sentence[1:]


def lasting(span: timedelta) -> str:
    """A length of time in the largest unit that says enough: ``34 minutes``, ``2 h 5 min``, ``3 days``."""
    minutes = max(round(span / timedelta(minutes=1)), 0)
    if minutes < 1:
        return "under a minute"
    if minutes < 60:
        return count(minutes, "minute")
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {rest} min" if rest else count(hours, "hour")
    return count(round(hours / 24), "day")


def day(at: datetime, zone: ZoneInfo) -> str:
    """``Fri 20 Nov`` in the brand's zone."""
    return date_name(at.astimezone(zone).date())


def moment(at: datetime, zone: ZoneInfo) -> str:
    """``Fri 20 Nov, 18:00`` in the brand's zone."""
    return f"{day(at, zone)}, {at.astimezone(zone):%H:%M}"


def period(since: datetime, until: datetime, zone: ZoneInfo) -> str:
    """``Thu 19 Nov, 18:00 to Fri 20 Nov, 18:00 (Berlin time)``."""
    return zoned(f"{moment(since, zone)} to {moment(until, zone)}", zone)


def zoned(time: str, zone: ZoneInfo) -> str:
    """The time with whose it is: ``Fri 20 Nov, 18:00 (Berlin time)``."""
    return f"{time} ({zone.key.rsplit('/', 1)[-1].replace('_', ' ')} time)"


def dollars(micro: int) -> str:
    """``$1.25`` from millionths of a US dollar; anything below a cent says so."""
    if 0 < micro < _MICRO // 100:
        return "under $0.01"
    return f"${micro / _MICRO:,.2f}"


def platform(slug: str) -> str:
    """The platform's name as people write it."""
    return name(title_of(slug), 30)


def account(platform_slug: str, handle: str) -> str:
    """``@handle on X``, ``u/handle on Reddit``."""
    return f"{handle_on(platform_slug, handle)} on {platform(platform_slug)}"


def handle_on(platform_slug: str, handle: str) -> str:
    """``@handle``, ``u/handle``: as the platform writes it."""
    return shown_handle(platform_slug, handle)


def brief(span: timedelta) -> str:
    """A length of time for a small space: ``34 min``, ``2 h``, ``3 d``."""
    minutes = max(round(span / timedelta(minutes=1)), 0)
    if minutes < 100:
        return f"{minutes} min"
    hours = round(minutes / 60)
    return f"{hours} h" if hours < 48 else f"{round(hours / 24)} d"


def date_name(on: date) -> str:
    """``Fri 20 Nov``."""
    return f"{_DAYS[on.weekday()]} {on.day} {_MONTHS[on.month - 1]}"
