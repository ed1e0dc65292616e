"""When the brand promises to be there for its clients."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_YEAR = timedelta(days=366)
Opening = tuple[time, time]  #: local opening and closing time; closing at 00:00 means midnight


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessHours:
    """Opening hours by weekday in one time zone, without the holidays."""

    zone: ZoneInfo
    week: Mapping[int, tuple[Opening, ...]]  #: weekday, Monday is 0 -> openings of that local date
    holidays: frozenset[date] = field(default_factory=frozenset)  #: local dates on which nobody answers

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """Business time between two UTC instants; zero where the end lies before the start.

        Where openings overlap, each moment counts once.
        """
        total, counted = timedelta(), start
        for opens, closes in self._openings(start, end):
            total += max(min(closes, end) - max(opens, counted), timedelta())
            counted = max(counted, closes)
        return total

    def after(self, start: datetime, business: timedelta) -> datetime | None:
        """The UTC instant at which so much business time has gone by; None where that takes more than a year."""
        left, counted = business, start
        for opens, closes in self._openings(start, start + _YEAR):
            begun = max(opens, counted)
            if closes - begun >= left:
                return begun + left
            left -= max(closes - begun, timedelta())
            counted = max(counted, closes)
        return None

    def end_of_day_after(self, at: datetime, days: int) -> datetime | None:
        """The UTC instant at which the brand closes, so many of its business days after that of ``at``.

        None where it is not open so often within a year.
        """
        today, closing = at.astimezone(self.zone).date(), dict[date, datetime]()
        for opens, closes in self._openings(at, at + _YEAR):
            day = opens.astimezone(self.zone).date()
            if day > today:
                closing[day] = max(closes, closing.get(day, closes))
            if len(closing) > days:
                break
        return closing[sorted(closing)[days - 1]] if len(closing) >= days else None

    def is_open(self, at: datetime) -> bool:
        """Whether the brand is at work at this UTC instant."""
        return any(opens <= at < closes for opens, closes in self._openings(at, at))

    def _openings(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The openings around a time, in the order in which they begin."""
        day = start.astimezone(self.zone).date() - timedelta(days=1)
        last = end.astimezone(self.zone).date()
        while day <= last:
            if day not in self.holidays:
                for opening in sorted(self.week.get(day.weekday(), ())):
                    yield self._instants(day, opening)
            day += timedelta(days=1)

    def _instants(self, day: date, opening: Opening) -> tuple[datetime, datetime]:
        opens, closes = opening
        closing_day = day if closes > opens else day + timedelta(days=1)
        return self._utc(day, opens), self._utc(closing_day, closes)

    def _utc(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, tzinfo=self.zone).astimezone(UTC)


ALWAYS = BusinessHours(
    zone=ZoneInfo("UTC"), week={weekday: ((time(0), time(0)),) for weekday in range(7)}
)  #: round the clock
