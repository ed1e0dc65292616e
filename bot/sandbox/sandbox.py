"""A sandbox: both platforms on loopback, telling one story by one clock."""

from __future__ import annotations

from types import TracebackType

from starlette.applications import Starlette
from starlette.routing import Route

from bot.connectors.loopback.clock import SandboxClock
from bot.connectors.loopback.control import Control
from bot.connectors.loopback.credentials import RedditCredentials, XCredentials
from bot.connectors.loopback.faults import Faults
from bot.connectors.loopback.meter import Meter, Rates
from bot.connectors.loopback.serving import FaultyApp, LoopbackServer
from bot.connectors.loopback.story import Platform, Story
from bot.connectors.loopback.world import World, user_key
from bot.connectors.reddit.fake.api import RedditApi
from bot.connectors.x.fake.api import XApi
from bot.connectors.x.fake.limits import XLimits


class Sandbox:
    """Loopback servers for X and Reddit. Use it as a context manager, or call start() and stop().

    clock, faults, meter, world: to turn, to arm, to read, to look up. x_url, reddit_url: base addresses.
    """

    def __init__(
        self,
        story: Story,
        clock: SandboxClock | None = None,
        *,
        x_port: int = 0,
        reddit_port: int = 0,
        rates: Rates | None = None,
        enforce_limits: bool = True,
        new_names: bool = False,
    ) -> None:
        """Prepare servers for `story`; `clock` stands at the story's end unless one is given.

        Port 0 takes any free one. rates: X's prices. enforce_limits: refuse calls beyond X's limits.
        new_names: X answers with the payload names of 2026-08 even if not asked with post.fields.
        Raises StoryError for a story that contradicts itself, OSError for a port that is taken.
        """
        self.world = World(story)
        self.clock = clock or SandboxClock(story.end)
        self.faults = Faults()
        self.meter = Meter(rates)
        self.x_credentials = XCredentials()
        self.reddit_credentials = RedditCredentials(username=story.brand.get(Platform.REDDIT, "nobody"))
        x = XApi(
            world=self.world, clock=self.clock, meter=self.meter, credentials=self.x_credentials,
            limits=XLimits() if enforce_limits else None, new_names=new_names,
        )  # fmt: skip
        reddit = RedditApi(world=self.world, clock=self.clock, credentials=self.reddit_credentials)
        self._servers = {
            Platform.X: self._server(Platform.X, x.routes(), x_port),
            Platform.REDDIT: self._server(Platform.REDDIT, reddit.routes(), reddit_port),
        }

    @property
    def x_url(self) -> str:
        """Base address that stands in for https://api.twitter.com."""
        return self._servers[Platform.X].url

    @property
    def reddit_url(self) -> str:
        """Base address that stands in for both www.reddit.com and oauth.reddit.com."""
        return self._servers[Platform.REDDIT].url

    def external_id(self, ref: str, *, version: int = 0) -> str:
        """The platform's id of a post that the story calls `ref` (X: a number per version; Reddit: t1_… or t3_…)."""
        return self.world.external_id(ref, version=version)

    def brand_id(self, platform: Platform) -> str:
        """The brand's user id there. Raises KeyError if it has no account there."""
        profile = self.world.brand(platform)
        if profile is None:
            raise KeyError(f"the story's brand has no account on {platform}")
        return user_key(profile)

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

    def _server(self, platform: Platform, routes: list[Route], port: int) -> LoopbackServer:
        control = Control(clock=self.clock, faults=self.faults, meter=self.meter)
        app = Starlette(routes=control.routes() + routes)
        faulty = FaultyApp(app, platform=platform, clock=self.clock, faults=self.faults, meter=self.meter)
        return LoopbackServer(faulty, port=port)
