"""A business on loopback X whose clients write, and a service that pulls every quarter of an hour."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from fault_stage import KeptMail, brand_file, make_home, working
from starlette.testclient import TestClient

from bot.connectors.loopback.story import Publish
from bot.jobs.work import Work
from bot.links import Purpose
from bot.sandbox import Sandbox, SandboxClock, story_of
from bot.schedule import Scheduler
from bot.settings.home import Home
from bot.web.app import create_app
from bot.wiring import brand_infos, links_for, scorer_for
from policies.scoring import HeadScore, Reading
from storage.views import CaseView

PULLED = timedelta(minutes=17)  #: in which each account is pulled at least once
ACCOUNTS = [{"platform": "x", "handle": "examplebrand", "every": "15m"}]
PEOPLE = [
    {"id": "owner", "name": "Olive", "role": "owner", "email": "olive@example.org", "marks": ["Olive"]},
    {"id": "agency", "name": "Ann", "role": "agency", "email": "ann@example.org", "marks": ["^AN"]},
]
_UPSET = re.compile(r"awful|swollen|swelling|broken|gone wrong|mouldy", re.IGNORECASE)


class UpsetScorer:
    """Hears that somebody is upset by a few words."""

    version = "upset-1"
    heads: Mapping[str, tuple[str, ...]] = {
        "sentiment": ("negative", "neutral", "positive"),
        "complaint": ("complaint", "no-complaint"),
    }

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """One reading per text."""
        return [self._one(bool(_UPSET.search(text))) for text in texts]

    def _one(self, upset: bool) -> Reading:
        heads = {}
        for name, labels in self.heads.items():
            label = labels[0] if upset else labels[1]
            scores = {one: 0.9 if one == label else 0.05 for one in labels}
            heads[name] = HeadScore(label=label, scores=scores, unsure=False)
        return Reading(language="en", readable=True, heads=heads)


@dataclass(frozen=True, kw_only=True)
class Stage:
    home: Home
    work: Work
    mail: KeptMail
    box: Sandbox
    scheduler: Scheduler

    def live(self, span: timedelta = PULLED) -> None:
        """Let time pass; whatever is due runs each minute."""
        until = self.box.clock.now() + span
        while self.box.clock.now() < until:
            self.box.clock.advance(timedelta(minutes=1))
            self.scheduler.run_due(self.box.clock.now())

    def mails(self, reader: str = "olive@example.org", but: str = "digest") -> list[EmailMessage]:
        """What a reader got, without digests."""
        parsed = [message_from_bytes(body, policy=policy.default) for body in self.mail.sent]
        return [one for one in parsed if reader in str(one["To"]) and but not in str(one["Subject"]).lower()]

    def cases(self) -> list[CaseView]:
        return self.work.store.cases.find("example")

    def page(self, person: str = "owner", purpose: Purpose = Purpose.DESK) -> tuple[TestClient, str]:
        """A browser on somebody's list, and its address."""
        links = links_for(self.home.service)
        app = create_app(
            store=self.work.store, queue=self.work.queue, links=links, brands=brand_infos(self.home),
            clock=self.work.clock, health=dict, metrics=str, secure_cookies=False,
        )  # fmt: skip
        client = TestClient(app, base_url=self.home.service.base_url, follow_redirects=False)
        answer = client.get(self.work.link("example", person, purpose, None))
        assert answer.status_code == 303, answer.text
        return client, str(answer.headers["location"])


def said(
    ref: str, minute: float, text: str, *, author: str = "somecustomer", parent: str | None = None
) -> Publish:
    """A post on X so many minutes after the story's begin."""
    story = story_of()
    words = text if parent or author == "examplebrand" else f"@examplebrand {text}"
    at = story.start + timedelta(minutes=minute)
    return Publish(ref=ref, at=at, platform="x", author=author, text=words, parent=parent)


def plain(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return " ".join(str(part.get_content()).split())


@contextmanager
def staged(folder: Path, *posts: Publish, real: bool = False, **brand: object) -> Iterator[Stage]:
    """The service five minutes after the story's begin; ``real`` hears with the shipped model."""
    story = story_of(*posts)
    with Sandbox(story, SandboxClock(story.start + timedelta(minutes=5))) as box:
        settings = {
            "accounts": ACCOUNTS,
            "people": PEOPLE,
            "time_zone": "UTC",
            "answer_within": "2h",
            **brand,
        }
        home, mail = make_home(folder, box.environment(), brand_file(**settings)), KeptMail()
        with working(home, box.clock, channel=mail) as plain_work:
            scorer, embedder = scorer_for(home.service, folder) if real else (UpsetScorer(), None)
            work = replace(plain_work, scorer=scorer, embedder=embedder)
            scheduler = Scheduler(work)
            scheduler.plan(box.clock.now())
            scheduler.run_due(box.clock.now())
            yield Stage(home=home, work=work, mail=mail, box=box, scheduler=scheduler)
