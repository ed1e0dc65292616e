"""One process: the scheduler, the pages, and a clean end."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType

import structlog

from bot.health import Health
from bot.jobs.work import Work
from bot.queue.port import Job
from bot.schedule import Scheduler
from bot.settings.home import Home
from bot.settings.roster import LiveBrands
from bot.web.app import create_app
from bot.web.server import PageServer, serve
from bot.wiring import brand_infos, links_for
from storage.lock import daemon_lock

log = structlog.get_logger(__name__)


@contextmanager
def only_one(work: Work) -> Iterator[None]:
    """Hold the store's lock. A second daemon is refused with the reason."""
    if work.store.path is None:
        yield
        return
    with daemon_lock(work.store.path, now=work.clock()):
        yield


class Daemon:
    """The scheduler and the pages over one store."""

    def __init__(self, home: Home, work: Work, *, tick: timedelta = timedelta(seconds=1)) -> None:
        self._work = work
        self.scheduler = Scheduler(work, tick=tick)
        self.health = Health(work)
        self.unfinished: list[Job] = []  #: what had not ended when it stopped
        self._service = home.service
        self._app = create_app(
            store=work.store,
            queue=work.queue,
            links=links_for(home.service),
            brands=brand_infos(home),
            clock=work.clock,
            health=self.health.report,
            metrics=self.health.metrics,
            secure_cookies=home.service.base_url.startswith("https"),
            trusted=home.service.proxies,
            look_again=self._look_again,
        )

    def _look_again(self) -> None:
        """Read the people of brand files that have changed."""
        if isinstance(self._work.brands, LiveBrands):
            self._work.brands.refresh()

    def pages(self) -> PageServer:
        """Serve the pages; the caller stops them."""
        here = self._service
        return serve(self._app, here.listen_host, here.listen_port, trusted=here.proxies)

    def __enter__(self) -> Daemon:
        self._server = self.pages()
        self.scheduler.start()
        log.info("started", brands=sorted(self._work.brands), port=self._server.port)
        return self

    @property
    def address(self) -> str:
        """Where people reach the pages."""
        return self._service.base_url

    def __exit__(self, *_: object) -> None:
        closing = threading.Thread(target=self._server.stop, name="closing")
        closing.start()
        self.unfinished = self.scheduler.stop()
        closing.join()
        log.info("stopped")


def until_told(wait: Callable[[threading.Event], None] | None = None) -> None:
    """Wait for SIGTERM or SIGINT."""
    told = threading.Event()

    def tell(number: int, _: FrameType | None) -> None:
        log.info("ending", signal=signal.Signals(number).name)
        told.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, tell)
    (wait or threading.Event.wait)(told)
