"""When known posts are worth a later look: pure, from times alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from storage.views import Watched

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
#: After the last step on a case. The pauses grow: most fixes show at once or not at all.
PAUSES = (2 * MINUTE, 8 * MINUTE, 20 * MINUTE, HOUR, 3 * HOUR, 8 * HOUR, DAY, 3 * DAY, 7 * DAY)
#: How long a platform may take to show an edit: what stands as it was after that is not mended.
SHOWS_WITHIN = HOUR
#: The same for a post that nobody can edit any more: it can only be gone.
GONE_WITHIN = 8 * MINUTE


def due(watched: Iterable[Watched], now: datetime) -> list[Watched]:
    """Those that have come to a look since the last one."""
    return [one for one in watched if _is_due(one, now)]


def next_look(watched: Iterable[Watched], now: datetime) -> datetime | None:
    """When the next of them comes to a look, UTC."""
    coming = (one.since + pause for one in watched for pause in PAUSES)
    return min((at for at in coming if at > now), default=None)


def unmended(
    looked: Sequence[Watched], changed: Iterable[str], edits_for: timedelta | None, now: datetime
) -> list[int]:
    """The cases whose claimed fix is surely none: the platform shows the post, and as it was.

    ``changed`` holds the external ids of posts that were other than before, or gone.
    """
    others = set(changed)
    return [
        one.case
        for one in looked
        if one.claimed
        and one.stored.post.key.external_id not in others
        and now - one.since >= _shows_within(one, edits_for)
    ]


def _is_due(one: Watched, now: datetime) -> bool:
    reached = [one.since + pause for pause in PAUSES if one.since + pause <= now]
    return bool(reached) and (one.looked_at is None or one.looked_at < reached[-1])


def _shows_within(one: Watched, edits_for: timedelta | None) -> timedelta:
    editable = edits_for is None or one.since < one.stored.post.created_at + edits_for
    return SHOWS_WITHIN if editable else GONE_WITHIN
