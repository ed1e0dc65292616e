"""No live link stands in the store or its backups; letters get their keys when they leave, the same each time."""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import bot_stage  # noqa: F401 -- finds the stage
import pytest
from fault_stage import KEY, KeptMail, brand_file, make_home, working

from bot.jobs.digest import preview, send_now
from bot.jobs.outbox import outbox
from bot.jobs.work import Work
from bot.letters.sealed import sealed, unsealed
from bot.links import Links
from bot.ports import Delivery
from storage.views import MessageState

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
LINK = re.compile(r"http://[^\s\"'<>]+/l/[^\s\"'<>]+")


@pytest.fixture
def mail() -> KeptMail:
    return KeptMail()


@pytest.fixture
def work(tmp_path: Path, mail: KeptMail) -> Iterator[Work]:
    home = make_home(tmp_path, {}, brand_file(accounts=[]))
    with working(home, lambda: NOW, channel=mail) as made:
        yield made


def shown(body: bytes) -> str:
    """The text and the page of a mail."""
    parts = message_from_bytes(body, policy=policy.default).walk()
    return "\n".join(part.get_content() for part in parts if part.get_content_maintype() == "text")


def opens(work: Work, address: str) -> bool:
    token = address.rpartition("/l/")[2]
    links = Links([KEY], work.service.base_url)
    return links.open(token, now=NOW, is_revoked=work.store.links.is_revoked).brand == "example"


@pytest.mark.fault(45)
def test_what_is_sent_opens_and_what_is_kept_does_not(work: Work, mail: KeptMail, tmp_path: Path) -> None:
    send_now(work, "example", NOW)
    (kept,) = work.store.outbox.find("example")
    assert "/l/~" in shown(kept.body)
    outbox(work, NOW)
    (sent,) = mail.sent
    addresses = LINK.findall(shown(sent))
    assert addresses
    assert all(opens(work, address) for address in addresses)
    assert "~" not in "".join(addresses)
    copy = tmp_path / "copy.db"
    work.store.upkeep.backup(copy)
    tokens = {address.rpartition("/l/")[2].partition(".")[2] for address in addresses}
    for file in (*tmp_path.glob("*.db*"), copy):
        content = file.read_bytes().replace(b"=\r\n", b"")
        assert not [token for token in tokens if token.encode() in content], file


@pytest.mark.fault(45)
def test_a_second_try_is_the_same_letter(work: Work, mail: KeptMail) -> None:
    mail.delivery = Delivery.UNCERTAIN
    send_now(work, "example", NOW)
    outbox(work, NOW)
    (message,) = work.store.outbox.find("example", [MessageState.UNCERTAIN])
    work.store.outbox.resend(int(message.id or 0), now=NOW)
    outbox(work, NOW + timedelta(minutes=1))
    first, second = mail.sent
    assert first == second


@pytest.mark.fault(45)
def test_nobody_gets_the_key_of_somebody_else(work: Work) -> None:
    send_now(work, "example", NOW)
    (message,) = work.store.outbox.find("example")
    foreign = sealed(work.link("example", "agency", "queue", None))
    unknown = f"http://127.0.0.1:8080/l/~{'x' * 12}~~~~"
    body = b"\r\n".join([foreign.encode(), unknown.encode()])
    assert work.unsealed(replace(message, body=body)) == body


def test_a_preview_is_as_it_would_be_sent(work: Work, tmp_path: Path) -> None:
    files = preview(work, "example", NOW, tmp_path / "out")
    text = next(file for file in files if file.suffix == ".txt").read_text("utf-8")
    assert all(opens(work, address) for address in LINK.findall(text))


@pytest.mark.parametrize("before", range(80))
def test_wherever_a_line_breaks_the_key_is_whole(work: Work, before: int) -> None:
    address = work.link("example", "owner", "desk", None)
    text = f"{'a' * before} {sealed(address)} and <{sealed(address)}>\n{sealed(address)}\nend=é"
    assert len(sealed(address)) == len(address)
    body = quopri.encodestring(text.encode()).replace(b"\n", b"\r\n")
    ids = {link.id for link in work.store.links.find("example")}
    out = unsealed(body, lambda link_id: address if link_id in ids else None)
    decoded = quopri.decodestring(out).decode().replace("\r\n", "\n")
    assert decoded == text.replace(sealed(address), address)
    assert max(map(len, out.split(b"\r\n"))) <= 76
