"""A sandbox: the platforms on loopback, telling one story by one clock."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType

from starlette.applications import Starlette

from bot.connectors import SITES
from bot.connectors.loopback.clock import SandboxClock
from bot.connectors.loopback.control import Control
from bot.connectors.loopback.fake import Fake, FakeMaker, Scene
from bot.connectors.loopback.faults import Faults
from bot.connectors.loopback.meter import Meter
from bot.connectors.loopback.serving import FaultyApp, LoopbackServer
from bot.connectors.loopback.story import Story
from bot.connectors.loopback.world import World
from bot.sandbox.fakes import fake_of, natures


class Sandbox:
    """Loopback servers for all platforms. Use it as a context manager, or call start() and stop().

    clock, faults, meter, world: to turn, to arm, to read, to look up.
    """

    def __init__(
        self,
        story: Story,
        clock: SandboxClock | None = None,
        *,
        ports: Mapping[str, int] | None = None,
        fakes: Mapping[str, FakeMaker] | None = None,
        enforce_limits: bool = True,
    ) -> None:
        """Prepare servers for `story`; `clock` stands at the story's end unless one is given.

        ports: by platform; any free one where none is named. fakes: servers to take instead of the sites' own.
        enforce_limits: refuse calls beyond the platforms' limits.
        Raises StoryError for a story that contradicts itself, OSError for a port that is taken.
        """
        self.world = World(story, natures())
        self.clock = clock or SandboxClock(story.end)
        self.faults = Faults()
        self.meter = Meter()
        scene = Scene(world=self.world, clock=self.clock, meter=self.meter, enforce_limits=enforce_limits)
        own: dict[str, FakeMaker] = {name: fake_of(name) for name in SITES}
        self._fakes = {name: make(scene) for name, make in {**own, **(fakes or {})}.items()}
        self._servers = {
            name: self._server(name, fake, (ports or {}).get(name, 0)) for name, fake in self._fakes.items()
        }

    def url(self, platform: str) -> str:
        """Base address that stands in for the platform's own."""
        return self._servers[platform].url

    def fake(self, platform: str) -> Fake:
        """The platform's server, for its keys."""
        return self._fakes[platform]

    def environment(self) -> dict[str, str]:
        """Settings that lead the real clients of all platforms here."""
        return {
            name: value
            for platform, fake in self._fakes.items()
            for name, value in fake.environment(self.url(platform)).items()
        }

    def external_id(self, ref: str, *, version: int = 0) -> str:
        """The platform's id of a post that the story calls `ref` (X: a number per version; Reddit: t1_… or t3_…)."""
        return self.world.external_id(ref, version=version)

    def brand_id(self, platform: str) -> str:
        """The brand's user id there. Raises KeyError if it has no account there."""
        profile = self.world.brand(platform)
        if profile is None:
            raise KeyError(f"the story's brand has no account on {platform}")
        return self.world.person_id(profile)

    def start(self) -> None:
        """Serve."""
        for server in self._servers.values():
            server.start()

    def stop(self) -> None:
        """Stop serving; requests that a fault holds are dropped."""
        for server in self._servers.values():
            server.leave()
        for server in self._servers.values():
            server.stop()

    def __enter__(self) -> Sandbox:
        """Serve until the block ends."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop serving."""
        self.stop()

    def _server(self, platform: str, fake: Fake, port: int) -> LoopbackServer:
        control = Control(platform=platform, clock=self.clock, faults=self.faults, meter=self.meter)
        app = Starlette(routes=control.routes() + fake.routes())
        faulty = FaultyApp(
            app, platform=platform, fake=fake, clock=self.clock, faults=self.faults, meter=self.meter
        )
        return LoopbackServer(faulty, port=port)
