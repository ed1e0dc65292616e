"""Three weeks of a fictional bakery in a minute: real clients, real store, real mail, a clock that is turned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession

from bot.connectors.loopback.story import Story
from bot.daemon import Daemon
from bot.demo.agency import play_agency
from bot.demo.pulls import StoryQueue
from bot.jobs.work import Intervals, Work
from bot.sandbox import Delete, Edit, Sandbox, SandboxClock, load_story
from bot.settings.home import Home, load_home
from bot.settings.starter import write_home
from bot.wiring import build_work, new_link_key, opened_store
from policies.shipped import DEFAULT_PACKS
from storage.views import MessageState, OutMessage

BRAND = "bakery"
#: Pulling wakes the others; by themselves they come up seldom, as simulated time costs real time.
INTERVALS = Intervals(
    check=timedelta(hours=3), watch=timedelta(hours=3), outbox=timedelta(hours=3), learn=timedelta(days=1)
)
AGENCY_LOOKS = timedelta(hours=1)  #: how often the agency looks into its queue

#: brand.yaml of the story's business
BRAND_FILE = {
    "brand": BRAND,
    "name": "Juniper & Rye",
    "time_zone": "America/New_York",
    "hours": {
        **dict.fromkeys(("tue", "wed", "thu", "fri", "sat"), "07:00-17:00"),
        "sun": "08:00-14:00",
    },
    "holidays": {"country": "US", "region": "ME"},
    "answer_within": "2h",
    "accounts": [
        {
            "platform": "x",
            "handle": "juniperandrye",
            "monthly_budget": 5.0,
            "author_names": True,
        },
        {"platform": "reddit", "handle": "juniperandrye", "subreddits": ["juniperandrye"]},
    ],
    "people": [
        {
            "id": "maya",
            "name": "Maya Lindqvist",
            "role": "owner",
            "marks": ["Maya"],
            "email": "maya@juniperandrye.example.com",
        },
        {"id": "theo", "name": "Theo", "role": "staff", "marks": ["Theo"]},
        {
            "id": "tomas",
            "name": "Tomás Keller",
            "role": "agency",
            "email": "tomas@brightside.example.com",
            "marks": ["^TK"],
            "met_on": "2026-03-02",
        },
        {"id": "sade", "name": "Sade Okafor", "role": "agency", "marks": ["^SO"], "met_on": "2026-03-02"},
    ],
    "policies": [*DEFAULT_PACKS, "health-claims"],
    "digest": {"times": ["18:00"]},
}


@dataclass(eq=False)
class Inbox:
    """A mail server on loopback that keeps what it gets."""

    folder: Path
    mails: list[bytes] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: SmtpSession, envelope: Envelope) -> str:  # noqa: ARG002, N802
        """Keep one message."""
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        self.mails.append(content)
        (self.folder / f"{len(self.mails):03}.eml").write_bytes(content)
        return "250 Kept"

    def arrived(self, message: OutMessage) -> bool:
        """Whether this very mail came in, by its Message-ID."""
        return any(_message_id(mail) == _message_id(message.body) for mail in self.mails)


def _message_id(mail: bytes) -> str:
    return str(message_from_bytes(mail)["Message-ID"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """A demo that has run through its three weeks and goes on serving."""

    work: Work
    daemon: Daemon
    inbox: Inbox
    box: Sandbox
    home: Home


@contextmanager
def staged(folder: Path, *, port: int = 0, story: Story | None = None) -> Iterator[Demo]:
    """The sandbox, a mail server and a daemon over a fresh home folder, with the clock at the story's start."""
    story = story or load_story(BRAND)
    clock = SandboxClock(story.start)
    inbox = Inbox(folder / "mail")
    inbox.folder.mkdir(parents=True, exist_ok=True)
    smtp_port = _free_port()
    controller = Controller(inbox, hostname="127.0.0.1", port=smtp_port)
    controller.start()
    try:
        with Sandbox(story, clock) as box:
            home = _home(folder, box, smtp_port, port)
            with opened_store(home) as store:
                work = build_work(home, store, clock=clock, intervals=INTERVALS)
                work = replace(work, queue=StoryQueue(store, story, work.brands[BRAND], clock.now))
                yield Demo(work=work, daemon=Daemon(home, work), inbox=inbox, box=box, home=home)
    finally:
        controller.stop()


def _home(folder: Path, box: Sandbox, smtp_port: int, port: int) -> Home:
    path = folder / "home"
    port = port or _free_port()
    env = {
        **box.environment(),
        "OVERSIGHT_LINK_KEYS": new_link_key(),
        "OVERSIGHT_BASE_URL": f"http://127.0.0.1:{port}",
        "OVERSIGHT_LISTEN_PORT": str(port),
        "OVERSIGHT_SMTP_HOST": "127.0.0.1",
        "OVERSIGHT_SMTP_PORT": str(smtp_port),
        "OVERSIGHT_SMTP_SECURITY": "none",
        "OVERSIGHT_MAIL_FROM": "oversight@juniperandrye.example.com",
        "OVERSIGHT_LINK_DAYS": "90",
    }
    write_home(path, env=env, brands=[BRAND_FILE])
    return load_home(path, process={})


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def turn_the_clock(demo: Demo, on_step: Callable[[datetime], None]) -> None:
    """Live through the story: whatever the store says is due runs at its time."""
    clock, scheduler, queue = demo.box.clock, demo.daemon.scheduler, demo.work.queue
    end = demo.box.world.story.end
    mended, agency_looked = mended_posts(demo.box), clock.now()
    scheduler.plan(clock.now())
    while True:
        scheduler.run_due(clock.now())
        if clock.now() - agency_looked >= AGENCY_LOOKS:
            play_agency(demo.work, BRAND, mended, clock.now())
            agency_looked = clock.now()
        on_step(clock.now())
        due = queue.next_due()
        if due is None or due > end:
            break
        clock.set(max(due, clock.now()))
    clock.set(end)
    scheduler.run_due(end)


def mended_posts(box: Sandbox) -> frozenset[str]:
    """Ids of the posts that the story edits or deletes later."""
    changes = (event for event in box.world.story.events if isinstance(event, Edit | Delete))
    return frozenset(box.external_id(event.ref) for event in changes)


def arrived(demo: Demo) -> list[OutMessage]:
    """What the owner's and the agency's mail server took in, oldest first."""
    sent = demo.work.store.outbox.find(BRAND, {MessageState.SENT})
    came = (replace(one, body=demo.work.unsealed(one)) for one in sent if demo.inbox.arrived(one))
    return sorted(came, key=lambda one: one.created_at)
