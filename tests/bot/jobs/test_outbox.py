"""Sending goes on: whatever is wrong with one message or one brand, and however many messages wait."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fault_stage import KeptMail, brand_file, make_home, working

from bot.jobs import outbox as sending
from bot.jobs.outbox import SPELL, outbox
from bot.jobs.work import Work
from bot.ports import Delivery, Receipt
from storage.views import MessageState, OutMessage

pytestmark = pytest.mark.usefixtures("quiet")

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
OTHER = brand_file(brand="other", name="Other", accounts=[])


def notice(name: str, brand: str = "example", **more: object) -> OutMessage:
    values: dict[str, object] = {
        "id": None, "key": name, "brand": brand, "kind": "notice", "channel": "email", "created_at": NOW,
        "recipients": ("ann@example.org",), "body": f"Subject: {name}\r\n\r\nx".encode(),
    }  # fmt: skip
    return OutMessage(**(values | more))  # type: ignore[arg-type]


class Breaking(KeptMail):
    """A channel that breaks in a way of its own at one message."""

    def __init__(self, *, after: bool) -> None:
        super().__init__()
        self._after = after

    def send(self, recipients: Sequence[str], message: bytes, before_data: Callable[[], None]) -> Receipt:
        if b"Subject: bad" in message:
            if self._after:
                before_data()
            raise RuntimeError("the line is not what it was")
        return super().send(recipients, message, before_data)


@pytest.mark.parametrize(("after", "state"), [(False, MessageState.PENDING), (True, MessageState.UNCERTAIN)])
def test_a_message_that_breaks_the_channel_keeps_no_other(
    tmp_path: Path, after: bool, state: MessageState
) -> None:
    home, mail = make_home(tmp_path, {}, brand_file(accounts=[])), Breaking(after=after)
    with working(home, lambda: NOW, channel=mail) as work:
        work.store.outbox.put([notice("a"), notice("bad"), notice("c")], now=NOW)
        outbox(work, NOW)
        found = {message.key: message for message in work.store.outbox.find("example")}
        assert len(mail.sent) == 2
        assert found["bad"].state is state
        assert "RuntimeError" in found["bad"].detail
        assert found["c"].state is MessageState.SENT


def test_letters_of_a_brand_that_cannot_be_written_keep_no_other_brands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, mail, asked = make_home(tmp_path, {}, brand_file(accounts=[]), OTHER), KeptMail(), []

    def tell(_work: Work, brand: str, _now: datetime) -> None:
        asked.append(brand)
        if brand == "example":
            raise OverflowError("date value out of range")

    monkeypatch.setattr(sending, "tell", tell)
    with working(home, lambda: NOW, channel=mail) as work:
        work.store.outbox.put([notice("a", "other")], now=NOW)
        done = outbox(work, NOW)
    assert asked == ["example", "other"]
    assert len(mail.sent) == 1
    assert "example" in (done.error or "")
    assert done.next_due_at <= NOW + timedelta(minutes=1)


class Slow(KeptMail):
    """A channel that takes two seconds for each message, by a clock of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW

    def send(self, recipients: Sequence[str], message: bytes, before_data: Callable[[], None]) -> Receipt:
        self.now += timedelta(seconds=2)
        return super().send(recipients, message, before_data)


def test_a_heap_of_notices_is_sent_in_spells_and_what_came_up_meanwhile_goes_first(tmp_path: Path) -> None:
    home, mail = make_home(tmp_path, {}, brand_file(accounts=[])), Slow()
    with working(home, lambda: mail.now, channel=mail) as work:
        work.store.outbox.put([notice(f"n{n}") for n in range(200)], now=NOW)
        done = outbox(work, NOW)
        assert done.next_due_at == NOW, "at once again"
        assert len(mail.sent) == SPELL // timedelta(seconds=2)
        work.store.outbox.put([notice("urgent", kind="alert", recipients=("olive@example.org",))], now=NOW)
        outbox(work, mail.now)
        assert mail.sent[10].startswith(b"Subject: urgent")
        while work.store.outbox.count("example")[MessageState.PENDING]:
            outbox(work, mail.now)
    assert [body.split(b"\r\n")[0] for body in mail.sent if b"urgent" not in body] == [
        b"Subject: n%d" % n for n in range(200)
    ]


def test_a_lease_that_is_counted_from_the_send_outlives_a_heap(tmp_path: Path) -> None:
    """A claim is good from when it is made, not from when the job began."""
    home, mail = make_home(tmp_path, {}, brand_file(accounts=[])), Slow()
    mail.delivery = Delivery.SENT
    with working(home, lambda: mail.now, channel=mail) as work:
        work = replace(work, intervals=replace(work.intervals, outbox=timedelta(days=1)))
        work.store.outbox.put([notice(f"n{n}") for n in range(4)], now=NOW)
        mail.now = NOW + timedelta(minutes=10)
        outbox(work, NOW)
    assert len(mail.sent) == 4
