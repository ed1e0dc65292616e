"""A mail server that hangs, or answers 451: the digest waits, and goes out once when the server is well."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import bot_stage  # noqa: F401 -- finds the stage
import pytest
from fault_stage import brand_file, make_home, working

from bot.channels.email.channel import SmtpChannel
from bot.jobs.digest import send_now
from bot.jobs.outbox import outbox
from storage.views import MessageState

sys.path.append(str(Path(__file__).parent / "channels"))
from mail_servers import Inbox, raw_server, say_nothing, smtp_server

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


def channel(port: int) -> SmtpChannel:
    return SmtpChannel(
        host="127.0.0.1", port=port, security="none", sender="o@example.org", seconds=0.3, answer_seconds=5
    )


@pytest.mark.fault(16)
def test_the_digest_waits_for_a_server_that_hangs_or_says_451(tmp_path: Path) -> None:
    home = make_home(tmp_path, {}, brand_file(accounts=[]))
    clock = [NOW]
    with raw_server(say_nothing) as silent, working(home, lambda: clock[0], channel=channel(silent)) as work:
        send_now(work, "example", NOW)
        outbox(work, NOW)
        assert [m.state for m in work.store.outbox.find("example")] == [MessageState.PENDING]
        outbox(work, NOW)
    inbox = Inbox(on_data=["451 4.3.0 later", "250 OK"])
    with smtp_server(inbox) as port, working(home, lambda: clock[0], channel=channel(port)) as work:
        for hours in (1, 6, 12, 18):
            clock[0] = NOW + timedelta(hours=hours)
            outbox(work, clock[0])
        assert [m.state for m in work.store.outbox.find("example")] == [MessageState.SENT]
    assert inbox.texts == 2
    assert len(inbox.taken) == 1
