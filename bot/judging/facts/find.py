"""Finds out what the rules in force ask about posts, and nothing that they do not ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.judging.facts.lookup import Lookup
from bot.judging.facts.network import Network
from bot.judging.facts.reader import INSTALL, PictureReader, Unreadable, installed
from bot.judging.facts.visit import CutShort, look_at_link, visit
from policies.engine import Context, Engine
from policies.facts import LinkState, PictureState
from policies.model.post import Post

MOST_PICTURE_BYTES = 10 * 1024 * 1024
PICTURE_SECONDS = 15.0  #: for fetching one picture
BATCH_SECONDS = 30.0  #: for all links of one batch, and again for all its pictures
KNOWN = timedelta(days=1)  #: how long holds what was seen
UNKNOWN = timedelta(minutes=15)  #: how long nobody tries again what could not be seen
NOT_INSTALLED = f"what reads pictures is not installed: {INSTALL}"

Batch = Sequence[tuple[Post, Context]]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything that rules may ask about the outside."""

    links: Lookup[LinkState]
    pictures: Lookup[PictureState]

    def add(self, engine: Engine, batch: Batch, now: datetime) -> list[tuple[Post, Context]]:
        """The posts with what the rules want to know about them. Asks nobody where no rule wants anything."""
        wanted = [engine.wanted(post, context) for post, context in batch]
        links = self.links.of((a for one in wanted for a in one.links), now)
        pictures = self.pictures.of((a for one in wanted for a in one.pictures), now)
        return [
            (
                post,
                replace(
                    context,
                    links={a: links[a] for a in one.links},
                    pictures={a: pictures[a] for a in one.pictures},
                ),
            )
            for (post, context), one in zip(batch, wanted, strict=True)
        ]


def facts_from(network: Network, *, reader: PictureReader | None, seconds: float = BATCH_SECONDS) -> Facts:
    """Facts from this network; without a reader, no picture is fetched and the reason says how to mend it."""
    return Facts(
        links=Lookup(
            lambda address: look_at_link(network, address),
            unknown=lambda reason: LinkState(alive=None, reason=reason),
            keep=lambda state: UNKNOWN if state.alive is None else KNOWN,
            seconds=seconds,
            workers=8,
        ),
        pictures=Lookup(
            _picture_looker(network, reader),
            unknown=lambda reason: PictureState(words=None, reason=reason),
            keep=lambda state: UNKNOWN if state.words is None else KNOWN,
            seconds=seconds,
            workers=2,
        ),
    )


def open_facts() -> Facts:
    """Facts from the open internet; pictures are read where the extra for it is installed."""
    return facts_from(Network(), reader=PictureReader() if installed() else None)


def _picture_looker(network: Network, reader: PictureReader | None) -> Callable[[str], PictureState]:
    def look(address: str) -> PictureState:
        if reader is None:
            return PictureState(words=None, reason=NOT_INSTALLED)
        try:
            end = visit(network, address, seconds=PICTURE_SECONDS, most_bytes=MOST_PICTURE_BYTES)
            if end.answer.status != 200:
                return PictureState(words=None, reason=f"its server answered {end.answer.status}")
            return PictureState(words=reader.words(end.answer.body))
        except (CutShort, Unreadable) as error:
            return PictureState(words=None, reason=str(error))

    return look
