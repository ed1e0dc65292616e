"""A post of which a rule is not sure, from the platform to the owner's answer; the agency hears of it after a yes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import httpx2 as httpx
import numpy as np
import pytest
import yaml
from bot_stage import free_port
from fault_stage import brand_file, environment, make_home
from mail_servers import Inbox, smtp_server

from bot.daemon import Daemon
from bot.jobs.work import Intervals, Work
from bot.sandbox import Sandbox, SandboxClock, story_of, timeline
from bot.wiring import build_work, opened_store
from policies.model.cases.flagged import FLAGGED, FlaggedState
from policies.topics import shipped

DAY = timedelta(days=1)
#: Pulls and findings wake what they make due, so the safety nets need not run.
SELDOM = Intervals(check=DAY, watch=DAY, outbox=DAY, look_again=DAY, prune=DAY, learn=DAY)
WORDS = "We will have it back to you by Friday, no matter what."
RULE = {
    "id": "promises",
    "title": "Promises what only the owner promises",
    "topic": "unauthorised-promise",
    "severity": "breach",
    "why": "Only Olive promises.",
    "check": {"means": {"topic": "unauthorised-promise", "ask": True}},
}


@dataclass(frozen=True, kw_only=True)
class Stage:
    """The service over X, a mail server and pages, all on loopback."""

    work: Work
    daemon: Daemon
    box: Sandbox
    inbox: Inbox

    def live(self, length: timedelta) -> None:
        """Let time pass: whatever is due runs at its time."""
        end = self.box.clock.now() + length
        self.daemon.scheduler.plan(self.box.clock.now())
        while (due := self.work.queue.next_due()) and due <= end:
            self.box.clock.set(max(due, self.box.clock.now()))
            self.daemon.scheduler.run_due(self.box.clock.now())
        self.box.clock.set(end)

    def mails(self, reader: str) -> list[str]:
        """What somebody was written, as plain text."""
        letters = [
            message_from_bytes(taken.content or b"", policy=policy.default).get_body(("plain",))
            for taken in self.inbox.taken
            if taken.rcpt_tos == [reader]
        ]
        return [part.get_content() for part in letters if part]

    def queue_of_agency(self, *, case: int | None = None) -> httpx.Response:
        """What the agency sees: its queue, or a case by its number."""
        with httpx.Client(follow_redirects=True) as browser:
            return browser.get(self.work.link("example", "agency", "queue", case))


@contextmanager
def staged(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A morning with three posts, of which the heads are told to be sure of nothing."""
    unsure = replace(shipped(), limits=np.stack([shipped().limits[0] * 0 - 100, shipped().limits[1] + 100]))
    monkeypatch.setattr("policies.checks.means.shipped", lambda: unsure)
    story = story_of(*timeline(2), *(replace(one, ref="doubt") for one in timeline(1, text=WORDS)))
    inbox, listen = Inbox(), free_port()
    (path / "likely").mkdir()
    (path / "likely" / "pack.yaml").write_text(yaml.safe_dump({"rules": [RULE]}))
    with (
        Sandbox(story, SandboxClock(story.start + timedelta(hours=1))) as box,
        smtp_server(inbox) as port,
    ):
        home = make_home(path, environment(box, port, listen), brand_file(policies=["likely"]))
        with opened_store(home) as store:
            work = build_work(home, store, clock=box.clock, intervals=SELDOM)
            daemon = Daemon(home, work)
            server = daemon.pages()
            try:
                yield Stage(work=work, daemon=daemon, box=box, inbox=inbox)
            finally:
                server.stop()


def answer(link: str) -> str:
    """What the owner's thumb does: open the link, read the question, press the first button; the next page."""
    origin = link.partition("/l/")[0]
    with httpx.Client(follow_redirects=True, headers={"Origin": origin}) as browser:
        page = browser.get(link)
        assert "Is this a promise you would not make?" in page.text
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text)
        first = re.findall(r'<button name="action" value="(\w+)"', page.text)[0]
        address = str(page.url.copy_with(query=None))
        return browser.post(address, data={**dict(hidden), "action": first}).text


@pytest.mark.parametrize(
    ("word", "state"), [("confirm", FlaggedState.UPHELD), ("dismiss", FlaggedState.DROPPED)]
)
def test_one_question_one_tap_and_the_agency_hears_of_a_yes_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: str, state: FlaggedState
) -> None:
    with staged(tmp_path, monkeypatch) as stage:
        stage.live(timedelta(days=1, hours=12))
        store, (mail, *_) = stage.work.store, stage.mails("olive@example.org")
        counts = {one: n for one, n in store.cases.count("example", FLAGGED).items() if n}
        assert counts == {FlaggedState.ASKED: 1, FlaggedState.HELD: 2}, "there is room for one"
        assert "A question for you".upper() in mail.upper()
        assert WORDS in " ".join(re.sub(r"[|*]", "", mail).split())
        assert "Off-brand" not in mail
        assert stage.mails("ann@example.org") == []
        (asked,) = store.cases.find("example", states={FlaggedState.ASKED})
        assert "Nothing" in stage.queue_of_agency().text
        assert stage.queue_of_agency(case=asked.case.id).status_code == 404

        (link,) = [one for one in mail.split() if "/l/" in one and one.endswith(f"answer={word}")]
        thanks = answer(link)
        assert "Undo" in thanks
        assert store.cases.get("example", asked.case.id).case.state is state
        assert [one.right for one in store.verdicts.on_findings("example")] == [word == "confirm"]
        assert (WORDS in stage.queue_of_agency().text) is (word == "confirm")
