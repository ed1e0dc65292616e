"""Steering a running sandbox over HTTP: GET and POST under /_sandbox, on any server.

clock: {"now": ISO 8601}; POST {"set": ISO 8601} or {"advance": seconds}.
faults: the armed ones; POST one like {"kind": "unavailable", "platform": "x", "times": 2}; DELETE disarms all.
meter: the bill of the server's platform; POST resets all.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.connectors.loopback.clock import SandboxClock
from bot.connectors.loopback.fake import AsciiJSON
from bot.connectors.loopback.faults import Fault, FaultKind, Faults
from bot.connectors.loopback.meter import Meter
from bot.connectors.loopback.serving import CONTROL_PREFIX


@dataclass(frozen=True, kw_only=True, slots=True)
class Control:
    """Answers the steering requests on one platform's server. clock, faults, meter: what is steered."""

    platform: str
    clock: SandboxClock
    faults: Faults
    meter: Meter

    def routes(self) -> list[Route]:
        """The paths served."""
        return [
            Route(f"{CONTROL_PREFIX}/clock", self._clock, methods=["GET", "POST"]),
            Route(f"{CONTROL_PREFIX}/faults", self._faults, methods=["GET", "POST", "DELETE"]),
            Route(f"{CONTROL_PREFIX}/meter", self._meter, methods=["GET", "POST"]),
        ]

    async def _clock(self, request: Request) -> Response:
        try:
            if request.method == "POST":
                self._turn(await request.json())
        except (KeyError, TypeError, ValueError) as error:
            return AsciiJSON(
                {"error": f"send {{'set': ISO time}} or {{'advance': seconds}}: {error}"}, status_code=400
            )
        return AsciiJSON({"now": self.clock.now().isoformat()})

    def _turn(self, wish: dict[str, str | float]) -> None:
        if "set" in wish:
            self.clock.set(datetime.fromisoformat(str(wish["set"])))
        else:
            self.clock.advance(timedelta(seconds=float(wish["advance"])))

    async def _faults(self, request: Request) -> Response:
        try:
            if request.method == "POST":
                self.faults.add(_fault(await request.json()))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            return AsciiJSON({"error": f"not a fault: {error}"}, status_code=400)
        if request.method == "DELETE":
            self.faults.clear()
        return AsciiJSON([asdict(fault) for fault in self.faults.armed()])

    async def _meter(self, request: Request) -> Response:
        if request.method == "POST":
            self.meter.reset()
        return AsciiJSON(self.meter.bill(self.platform))


def _fault(wish: dict[str, str | int | None]) -> Fault:
    platform, times = wish.pop("platform", None), wish.pop("times", 1)
    fault = Fault(
        kind=FaultKind(str(wish.pop("kind"))),
        platform=None if platform is None else str(platform),
        path_prefix=str(wish.pop("path_prefix", "/")),
        after=int(wish.pop("after", 0) or 0),
        times=None if times is None else int(times),
        seconds=int(wish.pop("seconds", 900) or 0),
    )
    if wish:
        raise KeyError(f"unknown: {', '.join(wish)}")
    return fault
