"""SMTP servers on loopback, well-behaved and otherwise."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Inbox:
    """An aiosmtpd handler that keeps what it takes. Each ``on_…`` may give another reply, or break the line."""

    on_mail: list[str] = field(default_factory=list)  #: replies to MAIL, used up one by one
    on_rcpt: dict[str, str] = field(default_factory=dict)  #: reply by recipient
    on_data: list[str] = field(default_factory=list)  #: replies to the text, used up one by one
    break_at: str = ""  #: ``mail``, ``rcpt`` or ``data``: abort the connection there
    hang_at: str = ""  #: never answer there
    taken: list[Envelope] = field(default_factory=list)
    texts: int = 0  #: how many texts arrived, taken or not
    sessions: int = 0

    async def _maybe_break(self, step: str, server: SMTP) -> None:
        if self.hang_at == step:
            await asyncio.sleep(60)
        if self.break_at == step:
            server.transport.abort()

    async def handle_MAIL(  # noqa: N802 -- aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await self._maybe_break("mail", server)
        self.sessions += 1
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.on_mail.pop(0) if self.on_mail else "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await self._maybe_break("rcpt", server)
        reply = self.on_rcpt.get(address, "250 OK")
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.texts += 1
        if not self.on_data or self.on_data[0].startswith("250"):
            self.taken.append(envelope)
        await self._maybe_break("data", server)
        return self.on_data.pop(0) if self.on_data else "250 2.0.0 queued as 42"


@contextlib.contextmanager
def smtp_server(inbox: Inbox, **options: Any) -> Iterator[int]:
    """A real aiosmtpd server; yields its port."""
    controller = Controller(inbox, hostname="127.0.0.1", port=0, **options)
    # with port 0 the controller cannot find its own server to wait for, so bind first and tell it
    with socket.create_server(("127.0.0.1", 0)) as probe:
        controller.port = probe.getsockname()[1]
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@contextlib.contextmanager
def raw_server(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that does with each connection what it is told; yields its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)
    done = threading.Event()

    def serve() -> None:
        while not done.is_set():
            with contextlib.suppress(OSError):
                line, _ = listener.accept()
                with line:
                    talk(line)

    worker = threading.Thread(target=serve, daemon=True)
    worker.start()
    try:
        yield listener.getsockname()[1]
    finally:
        done.set()
        worker.join(timeout=5)
        listener.close()


def say_nothing(line: socket.socket) -> None:
    """Accepts and never answers."""
    line.settimeout(20)
    while line.recv(1024):
        pass


def drip(line: socket.socket) -> None:
    """Sends a byte now and then and never ends the line."""
    for _ in range(400):
        line.sendall(b"2")
        time.sleep(0.05)


def talk_nonsense(line: socket.socket) -> None:
    """Is no mail server."""
    line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
