"""How many pages one address may ask for at once, so that nobody has all the threads to themselves."""

from __future__ import annotations

from collections import Counter

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.web.gate.door import Networks, is_within, sender
from bot.words import say

AT_ONCE = 20  #: requests of one address that are answered at the same time; a page is three


class Turns:
    """ASGI middleware: whoever asks for too much at once is told to come again."""

    def __init__(self, app: ASGIApp, trusted: Networks = (), most: int = AT_ONCE) -> None:
        self.app = app
        self._trusted, self._most = trusted, most
        self._running: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless its address has enough under way."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        who = sender(client_of(scope, self._trusted))
        if self._running[who] >= self._most:
            again = PlainTextResponse(say("error.429"), 429, {"Retry-After": "2"})
            await again(scope, receive, send)
            return
        self._running[who] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._running[who] -= 1
            if not self._running[who]:
                del self._running[who]


def client_of(scope: Scope, trusted: Networks) -> str:
    """The address that a request comes from: the nearest that is no proxy of ours.

    What X-Forwarded-For says is believed only as far as our own proxies have written it: from its end.
    """
    address = str((scope.get("client") or ("",))[0])
    said = ",".join(Headers(scope=scope).getlist("x-forwarded-for")).split(",")
    while said and is_within(address, trusted):
        address = said.pop().strip() or address
    return address
