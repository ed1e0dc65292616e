"""One platform's loopback server with a story on it, and the connector that reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.connectors import site_of
from bot.connectors.shared.limits import Limits
from bot.ports import AccountRef, Connector, Page
from bot.sandbox import Fault, FaultKind, Publish, Sandbox, SandboxClock, story_of, timeline
from bot.sandbox.synthetic import BRAND, EPOCH
from bot.settings.service import Environment

DAYS = 3
SHORT = Limits(seconds=1.0)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What the suite must know of a platform beyond its site and its server: ``stages/<site>.py`` names it."""

    own: str  #: stream in which the brand's timeline stands
    inbound: str  #: stream in which mentions stand
    lists: str  #: beginning of the paths of its lists
    own_lists: str  #: beginning of the paths of the brand's lists, with ``{brand}`` for its id
    mention: str  #: how a customer names the brand
    secret: str  #: the key without which nothing is let in
    crowded: tuple[str, int]  #: a stream, and more posts than the platform serves of it
    passes_repeats: bool  #: whether its lists can be walked where their paging repeats for ever


def stage_of(platform: str) -> Stage:
    """The stage of a platform. Raises ModuleNotFoundError where nobody has written one."""
    found: Stage = import_module(f"stages.{platform}").STAGE
    return found


class Unlimited:
    """An allowance for which money is no object."""

    def reads(self, resource: str, *, owned: bool) -> int | None:
        return None


@dataclass
class Bench:
    """What a test of the suite works with."""

    platform: str
    box: Sandbox

    @property
    def stage(self) -> Stage:
        return stage_of(self.platform)

    @property
    def account(self) -> AccountRef:
        return AccountRef(brand="b", platform=self.platform, handle=BRAND)

    @property
    def own(self) -> str:
        return self.stage.own

    @property
    def own_lists(self) -> str:
        return self.stage.own_lists.format(brand=self.box.brand_id(self.platform))

    @property
    def now(self) -> datetime:
        return self.box.clock.now()

    def connector(self, *, limits: Limits | None = None, dead: bool = False) -> Connector:
        keys = Environment(Path("nowhere"), self.box.environment()).credentials(self.platform, None)
        if dead:
            keys = keys.model_copy(update={self.stage.secret: SecretStr("wrong-secret")})
        return site_of(self.platform).connect(keys, limits=limits)

    def pull(
        self, cursor: Mapping[str, Any] | None = None, stream: str | None = None, **kw: Any
    ) -> Iterator[Page]:
        return self.connector(**kw).pull(self.account, stream or self.own, cursor, Unlimited(), self.now)

    def fault(self, kind: FaultKind, **kw: Any) -> None:
        prefix = kw.pop("path_prefix", self.stage.lists)
        self.box.faults.add(Fault(kind=kind, platform=self.platform, path_prefix=prefix, **kw))

    def requests(self) -> int:
        return self.box.meter.requests(self.platform)


@contextmanager
def bench(platform: str, *events: Any, clock: datetime | None = None, count: int = 0) -> Iterator[Bench]:
    """A bench with so many posts of the brand, and what else happens."""
    posts = timeline(count, platform=platform)
    story = story_of(*posts, *(e for e in events if isinstance(e, Publish)))
    story = story.with_events(*(e for e in events if not isinstance(e, Publish)))
    start = clock or EPOCH + timedelta(days=DAYS)
    with Sandbox(story, SandboxClock(start), enforce_limits=False) as box:
        yield Bench(platform, box)
