"""Mail that goes wrong (docs/faults.md, 3 to 5), at the outbox: real SMTP, real store, a process that really dies."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from fault_stage import brand_file, make_home, working
from mail_servers import Inbox, smtp_server

from bot.channels.email.channel import SmtpChannel
from bot.health import dead_mail
from bot.jobs.digest import digest
from bot.jobs.outbox import outbox
from bot.jobs.work import Work
from storage.views import MessageState, OutMessage

BEGIN = datetime(2026, 11, 2, tzinfo=UTC)


class Clock:
    """A clock that tests turn."""

    def __init__(self) -> None:
        self.at = BEGIN

    def __call__(self) -> datetime:
        return self.at


@contextmanager
def stage(path: Path, port: int, clock: Clock) -> Iterator[Work]:
    """A store with one digest that waits for being sent."""
    home = make_home(path, {}, brand_file(accounts=[])) if not path.joinpath("brands").exists() else None
    if home is None:
        from bot.settings.home import load_home

        home = load_home(path, process={})
    channel = SmtpChannel(
        host="127.0.0.1", port=port, security="none", sender="o@example.org", seconds=2, answer_seconds=2
    )
    with working(home, clock, channel=channel) as work:
        if not work.store.digests.find("example"):
            clock.at = digest(work, "example", clock.at).next_due_at
            digest(work, "example", clock.at)
        yield work


def message(work: Work) -> OutMessage:
    """The one message there is."""
    (only,) = work.store.outbox.find("example")
    return only


@pytest.mark.fault(3)
def test_a_kill_before_smtp_leaves_one_message_after_restart(tmp_path: Path) -> None:
    inbox, clock = Inbox(), Clock()
    with smtp_server(inbox) as port:
        with stage(tmp_path, port, clock):
            pass
        child = os.fork()
        if child == 0:
            with stage(tmp_path, port, clock) as work:
                work.store.outbox.claim(worker="w", now=clock.at, lease=timedelta(minutes=3))
                os.kill(os.getpid(), signal.SIGKILL)
        os.waitpid(child, 0)
        with stage(tmp_path, port, clock) as work:
            assert message(work).state is MessageState.CLAIMED
            for minutes in (1, 2, 4, 5):
                outbox(work, clock.at + timedelta(minutes=minutes))
            assert message(work).state is MessageState.SENT
    assert len(inbox.taken) == 1


@pytest.mark.fault(4)
def test_a_line_that_breaks_after_data_is_uncertain_and_a_person_resends(tmp_path: Path) -> None:
    inbox, clock = Inbox(break_at="data"), Clock()
    with smtp_server(inbox) as port, stage(tmp_path, port, clock) as work:
        outbox(work, clock.at)
        assert message(work).state is MessageState.UNCERTAIN
        for hours in range(1, 30):
            outbox(work, clock.at + timedelta(hours=hours))
        assert inbox.texts == 1, "not resent by itself"
        assert dead_mail(work), "the owner's page and doctor say so"
        inbox.break_at = ""
        work.store.outbox.resend(int(message(work).id or 0), now=clock.at)
        outbox(work, clock.at + timedelta(hours=31))
        assert message(work).state is MessageState.SENT
    identities = {message_from_bytes(bytes(e.content or b""))["Message-ID"] for e in inbox.taken}
    assert len(inbox.taken) == 2
    assert len(identities) == 1


@pytest.mark.parametrize("refusal", ["421 try later", "451 busy"])
@pytest.mark.fault(5)
def test_a_refusal_for_now_is_tried_again_later(tmp_path: Path, refusal: str) -> None:
    inbox, clock = Inbox(on_mail=[refusal]), Clock()
    with smtp_server(inbox) as port, stage(tmp_path, port, clock) as work:
        outbox(work, clock.at)
        waiting = message(work)
        assert waiting.state is MessageState.PENDING
        assert waiting.next_try_at is not None
        assert waiting.next_try_at > clock.at
        outbox(work, clock.at + timedelta(seconds=5))
        assert message(work).attempts == waiting.attempts, "back-off is kept"
        outbox(work, waiting.next_try_at)
        assert message(work).state is MessageState.SENT
    assert len(inbox.taken) == 1


@pytest.mark.fault(5)
def test_a_refusal_for_good_is_dead_after_one_try_and_said(tmp_path: Path) -> None:
    inbox, clock = Inbox(on_mail=["550 no such user"] * 5), Clock()
    with smtp_server(inbox) as port, stage(tmp_path, port, clock) as work:
        for hours in range(3):
            outbox(work, clock.at + timedelta(hours=hours))
        assert message(work).state is MessageState.DEAD
        assert inbox.sessions == 1
        assert "550" in dead_mail(work)[0]
        digest(work, "example", clock.at + timedelta(days=1))
        newest = max(work.store.outbox.find("example"), key=lambda m: m.created_at)
        assert b"refused" in newest.body, "the next digest says it"


@pytest.mark.fault(16)
def test_a_server_that_hangs_gives_the_worker_back(tmp_path: Path) -> None:
    inbox, clock = Inbox(hang_at="mail"), Clock()
    with smtp_server(inbox) as port, stage(tmp_path, port, clock) as work:
        outbox(work, clock.at)
        assert message(work).state is MessageState.PENDING
