"""Goes where an address leads, redirect by redirect, each one checked like the first."""

from __future__ import annotations

import time
from dataclasses import dataclass
from urllib.parse import urljoin

from bot.judging.facts.address import Refused, Target, target
from bot.judging.facts.network import HttpAnswer, Network, NoSuchHost, NotSeen
from policies.facts import LinkState

MOST_REDIRECTS = 5
LINK_SECONDS = 10.0  #: for one link, with all its redirects
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_GONE = {404: "there is no such page any more", 410: "the page was taken away"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """Where a way ended."""

    target: Target
    answer: HttpAnswer
    moved: bool  #: whether anything redirected


class CutShort(Exception):
    """A way that ended without an answer."""

    def __init__(self, reason: str, *, gone: bool, at: str | None) -> None:
        super().__init__(reason)
        self.gone = gone  #: whether there is surely nothing
        self.at = at  #: address at which it ended, None where that is the first one


def visit(network: Network, address: str, *, seconds: float, most_bytes: int = 0) -> Landing:
    """Follow an address to its end. Raises `CutShort`."""
    deadline = time.monotonic() + seconds
    here, at = address, None
    try:
        for _ in range(MOST_REDIRECTS + 1):
            aim = target(here)
            answer = _ask(network, aim, deadline, most_bytes)
            onward = answer.headers.get("Location")
            if answer.status not in _REDIRECTS or not onward:
                return Landing(target=aim, answer=answer, moved=at is not None)
            here = at = urljoin(aim.url, onward)
    except (Refused, NotSeen, ValueError) as error:  # ValueError: urljoin on an address that makes no sense
        reason = "it leads on to nowhere" if isinstance(error, ValueError) else str(error)
        raise CutShort(reason, gone=isinstance(error, NoSuchHost), at=at) from error
    raise CutShort("it leads on too often", gone=False, at=at)


def _ask(network: Network, aim: Target, deadline: float, most_bytes: int) -> HttpAnswer:
    """HEAD where only the answer counts; where that is refused, GET shows what a reader would see."""
    if most_bytes:
        return network.ask("GET", aim, deadline=deadline, most_bytes=most_bytes)
    answer = network.ask("HEAD", aim, deadline=deadline)
    refused = answer.status >= 400 and answer.status != 429
    return network.ask("GET", aim, deadline=deadline) if refused else answer


def look_at_link(network: Network, address: str) -> LinkState:
    """What is behind a link. Only what is surely gone is dead: a busy or closed server may be there tomorrow."""
    try:
        end = visit(network, address, seconds=LINK_SECONDS)
    except CutShort as error:
        return LinkState(alive=False if error.gone else None, reason=str(error), lands_on=error.at)
    status = end.answer.status
    lands_on = end.target.url if end.moved else None
    if status < 400:
        return LinkState(alive=True, status=status, lands_on=lands_on)
    gone = status in _GONE
    reason = _GONE.get(status, f"its server answered {status}")
    return LinkState(alive=False if gone else None, reason=reason, status=status, lands_on=lands_on)
