"""Ten thousand notices wait: they leave in order, alerts before them, and the service stays small and ends soon."""

from __future__ import annotations

import sqlite3
from email import message_from_bytes
from pathlib import Path

import pytest
from bot_stage import ended, eventually, free_port, oversight
from fault_stage import brand_file, make_home, sound
from mail_servers import Inbox, smtp_server

from bot.settings.home import load_home
from bot.wiring import opened_store, register_brands

MANY = 10_000
_PUT = (
    "INSERT INTO outbox (key, brand, kind, channel, recipients, body, state, detail, created_at, attempts)"
    " VALUES (?, 'example', ?, 'email', ?, ?, 'pending', '', 1790000000000000, 0)"
)


def _letter(subject: str, to: str) -> bytes:
    head = f"From: o@example.org\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{subject}@example.org>\r\n\r\n"
    return head.encode() + b"Please look at the queue.\r\n" * 800


def _put(home: Path, kind: str, to: str, *subjects: str) -> None:
    with sqlite3.connect(home / "oversight.db", timeout=60) as line:
        line.executemany(_PUT, ((name, kind, f'["{to}"]', _letter(name, to)) for name in subjects))


def _subjects(inbox: Inbox) -> list[str]:
    return [str(message_from_bytes(one.content or b"")["Subject"]) for one in list(inbox.taken)]


def _peak_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


@pytest.mark.fault(44)
def test_ten_thousand_notices_leave_in_order_and_keep_neither_an_alert_nor_the_end(tmp_path: Path) -> None:
    inbox = Inbox()
    with smtp_server(inbox) as mail_port:
        env = {
            "OVERSIGHT_LISTEN_PORT": str(free_port()), "OVERSIGHT_SMTP_HOST": "127.0.0.1",
            "OVERSIGHT_SMTP_PORT": str(mail_port), "OVERSIGHT_SMTP_SECURITY": "none",
        }  # fmt: skip
        make_home(tmp_path, env, brand_file(accounts=[], policies=["starter"]))
        with opened_store(load_home(tmp_path, process={})) as store:
            register_brands(load_home(tmp_path, process={}), store)
        _put(tmp_path, "notice", "ann@example.org", *(f"notice-{n:05}" for n in range(MANY)))
        service = oversight(tmp_path, "run")
        try:
            eventually(lambda: service.poll() is not None or len(inbox.taken) >= 20, "nothing leaves", 120)
            small = _peak_mb(service.pid)
            _put(tmp_path, "alert", "olive@example.org", "urgent")
            asked = len(inbox.taken)
            eventually(lambda: "urgent" in _subjects(inbox) and len(inbox.taken) > asked + 50, "no alert")
            grown = _peak_mb(service.pid) - small
            said, took = ended(service, 60)
        finally:
            service.kill()
    assert service.returncode == 0, said
    assert took < 10
    assert grown < 100, "one message at a time"
    arrived = _subjects(inbox)
    assert arrived.index("urgent") <= asked + 5, "an alert goes before whatever waits"
    assert [name for name in arrived if name != "urgent"] == [
        f"notice-{n:05}" for n in range(len(arrived) - 1)
    ]
    with sqlite3.connect(tmp_path / "oversight.db") as line:
        states = dict(line.execute("SELECT state, count(*) FROM outbox GROUP BY state"))
    assert states == {"sent": len(arrived), "pending": MANY + 1 - len(arrived)}
    assert sound(tmp_path / "oversight.db")
