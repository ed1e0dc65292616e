"""What a platform's loopback server must be, to be served, struck by faults and metered like the others."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, TypeAlias

from starlette.responses import Response
from starlette.routing import Route

from bot.connectors.loopback.clock import SandboxClock
from bot.connectors.loopback.meter import Meter
from bot.connectors.loopback.world import Nature, World


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """What all servers of a sandbox share."""

    world: World  #: what there is
    clock: SandboxClock  #: and when
    meter: Meter  #: who pays
    enforce_limits: bool = True  #: whether calls beyond the platform's limits are refused


class Fake(Protocol):
    """One platform on loopback. A site's ``fake/__init__.py`` names its class as ``FAKE``."""

    nature: ClassVar[Nature]
    cursors: ClassVar[frozenset[str]]  #: query parameters that only say which page is meant

    @property
    def keys(self) -> Any:
        """What it lets in; it opens nothing but a sandbox."""

    def environment(self, url: str) -> dict[str, str]:
        """Settings that lead the real client to this server at ``url``."""

    def routes(self) -> list[Route]:
        """The paths served, without a slash at the end."""

    def refusal(self, status: int, title: str) -> Response:
        """An error in the platform's own form."""

    def too_many(self, seconds: int) -> Response:
        """A 429 that says that the limit ends after so many seconds."""

    def items(self, page: Any) -> list[Any] | None:
        """The list in a page's JSON, to be shuffled in place; None where it holds none."""


FakeMaker: TypeAlias = Callable[[Scene], Fake]


class FakeClass(Protocol):
    """The class of a `Fake`: asked for its nature before there is a scene."""

    nature: Nature

    def __call__(self, scene: Scene) -> Fake:
        """A server in this scene."""


class AsciiJSON(Response):
    """JSON with everything outside ASCII escaped, as the platforms send it.

    A lone surrogate therefore reaches the client as the platform would send it, instead of failing here.
    """

    media_type = "application/json; charset=utf-8"

    def render(self, content: Any) -> bytes:
        """Encode `content`."""
        return json.dumps(content, ensure_ascii=True).encode("ascii")
