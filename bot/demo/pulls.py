"""The demo pulls as often as a live brand does, and passes over pulls that would find nothing."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime

from bot.connectors.loopback.story import Publish, Story
from bot.jobs.times import next_slot
from bot.queue.embedded import EmbeddedQueue
from bot.queue.pauses import worthwhile
from bot.queue.port import Job
from bot.settings.brand import WEEKDAYS, Brand
from storage.store import Store


class StoryQueue(EmbeddedQueue):
    """The queue in the store, in which the next pull of an account waits until the story has something new there."""

    def __init__(self, store: Store, story: Story, brand: Brand, clock: Callable[[], datetime]) -> None:
        """``clock`` is UTC."""
        super().__init__(store)
        self._brand, self._clock, self._moments = brand, clock, moments(story)

    def finish(self, job: Job, *, holder: str, next_due_at: datetime, error: str | None) -> bool:
        """Give the work back, due again at ``next_due_at``, or later where a pull would find nothing before."""
        if job.name == "pull" and error is None:
            next_due_at = self._worth(job, next_due_at)
        return super().finish(job, holder=holder, next_due_at=next_due_at, error=error)

    def _worth(self, job: Job, first: datetime) -> datetime:
        now, account = self._clock(), job.subject.account
        coming = self._moments[account.platform if account else ""]
        place = bisect_right(coming, now)
        days = [WEEKDAYS.index(day) for day in self._brand.digest.days]
        _, digest = next_slot(now, self._brand.digest.times, days, self._brand.zone)
        news = coming[place] if place < len(coming) else None
        return worthwhile(first, first - now, news=news, digests=[digest])


def moments(story: Story) -> defaultdict[str, list[datetime]]:
    """When something happens on each platform, in order."""
    where = {event.ref: event.platform for event in story.events if isinstance(event, Publish)}
    found = defaultdict(list)
    for event in sorted(story.events, key=lambda one: one.at):
        found[where[event.ref]].append(event.at)
    return found
