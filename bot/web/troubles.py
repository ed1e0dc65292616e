"""What the service could not do: mail that did not surely arrive, accounts not read to their end."""

from __future__ import annotations

from bot.web.guard import Visit
from bot.web.site import WebSite
from storage.views import MessageState, OutMessage, StreamHealth

_STUCK = (MessageState.DEAD, MessageState.UNCERTAIN)


def stuck_messages(site: WebSite, visit: Visit) -> list[OutMessage]:
    """Messages that did not surely arrive."""
    return list(site.store.outbox.find(visit.grant.brand, _STUCK))


def late_streams(site: WebSite, visit: Visit) -> list[StreamHealth]:
    """Streams that fail, or were not read to their end for longer than is fine."""
    return [stream for stream in site.store.streams.health(visit.grant.brand) if _is_late(stream, visit)]


def _is_late(stream: StreamHealth, visit: Visit) -> bool:
    if stream.failing_since or stream.complete_at is None:
        return True
    return visit.now - stream.complete_at > visit.brand.stale_after
