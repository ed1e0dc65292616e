"""What the service could not do: mail that did not surely arrive, accounts not read to their end."""

from __future__ import annotations

from bot.web.guard import Visit
from bot.web.site import WebSite
from storage.views import MessageState, OutMessage, StreamHealth

STUCK = (MessageState.DEAD, MessageState.UNCERTAIN)
MOST_SHOWN = 50  #: messages on one page; sending these again makes room for others


def stuck_messages(site: WebSite, visit: Visit) -> list[OutMessage]:
    """The newest messages that did not surely arrive."""
    return list(site.store.outbox.find(visit.grant.brand, STUCK, newest=MOST_SHOWN))


def count_stuck(site: WebSite, visit: Visit) -> int:
    """How many messages did not surely arrive."""
    count = site.store.outbox.count(visit.grant.brand)
    return sum(count[state] for state in STUCK)


def late_streams(site: WebSite, visit: Visit) -> list[StreamHealth]:
    """Streams that fail, or were not read to their end for longer than is fine."""
    return [stream for stream in site.store.streams.health(visit.grant.brand) if _is_late(stream, visit)]


def _is_late(stream: StreamHealth, visit: Visit) -> bool:
    if stream.failing_since or stream.complete_at is None:
        return True
    return visit.now - stream.complete_at > visit.brand.stale_after
