"""Who may hold a connection to the pages, and for how long.

Every connection has a deadline for what it does: for the whole head of a request, however it trickles, for its body,
and for taking the answer. One address may hold so many connections, and all together so many; where that is reached,
the one that has waited longest without a whole request makes room. So whoever really asks for a page comes in, and no
crowd of idle or half-sent connections shuts others out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from enum import Enum, auto
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

Networks = tuple[IPv4Network | IPv6Network, ...]

MOST = 400  #: connections at once; a process may hold 1,024 files by default
MOST_EACH = 50  #: connections of one address; a browser opens six
_PREFIX = 64  #: bits of an IPv6 address that name a household; the rest is free to choose
_LINGER = 5.0  #: seconds that what was written may take to leave a connection that is closed


class Doing(Enum):
    """What a connection is in the middle of."""

    HEAD = auto()  #: idle, or sending the head of a request
    BODY = auto()  #: sending what belongs to it
    ANSWER = auto()  #: being answered, or taking the answer


#: seconds that each may take, however much comes and goes meanwhile
DEADLINES = {Doing.HEAD: 10.0, Doing.BODY: 30.0, Doing.ANSWER: 60.0}


def sender(address: str) -> str:
    """Who counts as one: an IPv4 address, or the network of an IPv6 one."""
    try:
        read = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(read, IPv6Address):
        if read.ipv4_mapped:
            return str(read.ipv4_mapped)
        return str(IPv6Network((read, _PREFIX), strict=False))
    return str(read)


def is_within(address: str, networks: Networks) -> bool:
    """Whether an address belongs to one of the networks."""
    try:
        read = ip_address(address)
    except ValueError:
        return False
    if isinstance(read, IPv6Address) and read.ipv4_mapped:
        read = read.ipv4_mapped
    return any(read in network for network in networks)


class Door:
    """Counts the connections of one server, and makes room."""

    def __init__(self, *, trusted: Networks = (), most: int = MOST, most_each: int = MOST_EACH) -> None:
        """``trusted``: proxies, who come for many people and are held to the sum alone."""
        self._trusted, self._most, self._most_each = trusted, most, most_each
        self._held: dict[str, list[GuardedProtocol]] = {}

    def enter(self, line: GuardedProtocol) -> bool:
        """Take a connection in; False where nobody can make room for it."""
        mine = self._held.get(line.sender, [])
        if len(mine) >= self._most_each and not is_within(line.address, self._trusted):
            if not _make_room(mine):
                return False
        elif sum(map(len, self._held.values())) >= self._most and not self._room_for_all():
            return False
        self._held.setdefault(line.sender, []).append(line)
        return True

    def leave(self, line: GuardedProtocol) -> None:
        """Forget a connection; one that never came in does no harm."""
        mine = self._held.get(line.sender, [])
        if line in mine:
            mine.remove(line)
        if not mine:
            self._held.pop(line.sender, None)

    def _room_for_all(self) -> bool:
        """Room made by whoever holds the most; the next where all of theirs are being answered."""
        return any(_make_room(lines) for lines in sorted(self._held.values(), key=len, reverse=True))


def _make_room(lines: Iterable[GuardedProtocol]) -> bool:
    waiting = min((line for line in lines if line.waits), key=lambda line: line.since, default=None)
    if waiting is None:
        return False
    waiting.hang_up()
    return True


class GuardedProtocol(H11Protocol):
    """HTTP behind a door, without uvicorn's access log, which would print the tokens of links; Shield logs instead.

    The setting ``access_log=False`` alone is undone by whoever puts a handler on that logger later.
    """

    def __init__(self, *args: Any, door: Door, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.access_log = False
        self._door = door
        self._answers = 0  #: how many requests were answered
        self._doing: tuple[Doing, int] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.since = 0.0  #: seconds by the loop's clock since when it is doing that
        self.address = self.sender = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Come in, or be sent away."""
        super().connection_made(transport)
        self.address = self.client[0] if self.client else ""
        self.sender = sender(self.address)
        if not self._door.enter(self):
            transport.abort()
            return
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """Make room."""
        self._door.leave(self)
        if self._timer:
            self._timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; what is begun anew has its own deadline, what goes on keeps the old one."""
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """The next request may come."""
        self._answers += 1
        super().on_response_complete()
        self._look()

    @property
    def waits(self) -> bool:
        """Whether the other side is to move, so that hanging up costs nobody an answer."""
        return self._now() is not Doing.ANSWER or self.transport.get_write_buffer_size() > 0

    def hang_up(self) -> None:
        """End it; what was written may still leave, for a moment."""
        self._door.leave(self)
        self.transport.close()
        self.loop.call_later(_LINGER, self.transport.abort)

    def _now(self) -> Doing:
        if self.conn.their_state is h11.IDLE:
            return Doing.HEAD
        return Doing.BODY if self.conn.their_state is h11.SEND_BODY else Doing.ANSWER

    def _look(self) -> None:
        doing = (self._now(), self._answers)
        if doing == self._doing:
            return
        self._doing, self.since = doing, self.loop.time()
        if self._timer:
            self._timer.cancel()
        self._timer = self.loop.call_later(DEADLINES[doing[0]], self.hang_up)
