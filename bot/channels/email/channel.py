"""Mail by SMTP (RFC 5321), with an exact answer to what became of each message."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Sequence
from pathlib import Path

from bot.addresses import read_address
from bot.channels.email.conversation import (
    LINE_ERRORS,
    Reply,
    Security,
    Server,
    SmtpSession,
    open_session,
    watchdog,
)
from bot.channels.email.way import SmtpSettings
from bot.errors import ConfigError, MailRefused
from bot.ports import BeforeData, Delivery, Receipt

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def open_channel(
    settings: SmtpSettings,
    *,
    home: Path,  # noqa: ARG001 -- it keeps nothing there
    sender: str,
) -> SmtpChannel | None:
    """The channel where a mail server is set."""
    if settings.host is None:
        return None
    return SmtpChannel(
        host=settings.host,
        port=settings.port,
        security=settings.security,
        user=settings.user,
        password=settings.password.get_secret_value() if settings.password else None,
        sender=sender,
    )


class SmtpChannel:
    """A `bot.ports.Channel` over one SMTP server. Each message is one session."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        security: Security,
        sender: str,
        user: str | None = None,
        password: str | None = None,
        seconds: float = 24,
        answer_seconds: float = 60,
        context: ssl.SSLContext | None = None,
    ) -> None:
        """``seconds`` for everything before the text leaves us, ``answer_seconds`` for the server to take it.

        Raises `ConfigError` where the password would cross a network in the clear.
        """
        if user and security == "none" and host not in _LOOPBACK:
            raise ConfigError(
                f"The password for {host} would cross the network unencrypted.",
                mend="Set OVERSIGHT_SMTP_SECURITY to starttls or tls.",
            )
        self._server = Server(
            host=host,
            port=port,
            security=security,
            user=user,
            password=password,
            seconds=seconds,
            context=context or ssl.create_default_context(),
        )
        self._sender = _envelope(sender)
        self._answer_seconds = answer_seconds

    def __repr__(self) -> str:
        return f"SmtpChannel({self._server!r})"

    def send(self, recipients: Sequence[str], message: bytes, before_data: BeforeData) -> Receipt:
        """Deliver one message. Calls ``before_data`` right before the text leaves us; what it raises comes through.

        RETRY where the server did not take it for now, DEAD where it never will, UNCERTAIN where the line broke
        after the text began to leave. A recipient refused for now holds the message back for all of them, so
        that nobody gets it twice; one refused for good is named and the others get it.
        """
        try:
            to = [_envelope(recipient) for recipient in recipients]
            with open_session(self._server) as session:
                return _Delivery(session, self._answer_seconds).run(self._sender, to, message, before_data)
        except MailRefused as error:
            return Receipt(delivery=Delivery.DEAD if error.permanent else Delivery.RETRY, detail=str(error))

    def check(self) -> str:
        """Connects, encrypts, logs in and says NOOP; a sentence about it. Raises `MailRefused` with the mend."""
        with open_session(self._server) as session:
            try:
                reply = Reply.of(session.noop())
            except LINE_ERRORS as error:
                raise MailRefused("The mail server hung up on us.", permanent=False) from error
        if not reply.accepted:
            raise MailRefused(f"The mail server answers {reply}.", permanent=False)
        who = f" as {self._server.user}" if self._server.user else ""
        return f"{self._server.host}:{self._server.port} takes mail{who} ({self._server.security})."


class _Refused(Exception):
    """The server said no to a step; nothing has left us."""

    def __init__(self, step: str, reply: Reply) -> None:
        super().__init__(step, reply)
        self.receipt = Receipt(
            delivery=Delivery.DEAD if reply.permanent else Delivery.RETRY, detail=f"{step}: {reply}"
        )


class _Delivery:
    """The mail transaction inside a session."""

    def __init__(self, session: SmtpSession, answer_seconds: float) -> None:
        self._session = session
        self._answer_seconds = answer_seconds

    def run(self, sender: str, to: Sequence[str], message: bytes, before_data: BeforeData) -> Receipt:
        """MAIL, RCPT, DATA, then the text."""
        try:
            with watchdog(self._session, self._session.remaining()):
                refused = self._address(sender, to, message)
        except _Refused as error:
            self._leave()
            return error.receipt
        except LINE_ERRORS as error:
            return Receipt(delivery=Delivery.RETRY, detail=f"the line broke before the text left us: {error}")
        before_data()
        try:
            with watchdog(self._session, self._answer_seconds):
                reply = self._hand_over(message)
        except LINE_ERRORS as error:
            return Receipt(
                delivery=Delivery.UNCERTAIN, detail=f"the line broke after the text left us: {error}"
            )
        self._leave()
        return _outcome(reply, refused)

    def _address(self, sender: str, to: Sequence[str], message: bytes) -> list[str]:
        """Up to the server's go-ahead for the text; returns who was refused for good, with the answers."""
        options = self._options([sender, *to], message)
        self._step("MAIL", Reply.of(self._session.mail(sender, options)))
        refused = self._recipients(to)
        reply = Reply.of(self._session.docmd("DATA"))
        if reply.code != 354:
            raise _Refused("DATA", reply)
        return refused

    def _options(self, addresses: Sequence[str], message: bytes) -> list[str]:
        session = self._session
        options = []
        most = session.esmtp_features.get("size", "0")
        if most.isdigit() and 0 < int(most) < len(message):
            reply = Reply(code=552, text=f"the server takes {most} bytes, the message has {len(message)}")
            raise _Refused("SIZE", reply)
        if session.has_extn("size"):
            options.append(f"SIZE={len(message)}")
        if not message.isascii() and session.has_extn("8bitmime"):
            options.append("BODY=8BITMIME")
        if not "".join(addresses).isascii():
            if not session.has_extn("smtputf8"):
                reply = Reply(code=553, text="the server takes no addresses outside ASCII (no SMTPUTF8)")
                raise _Refused("MAIL", reply)
            session.command_encoding = "utf-8"
            options.append("SMTPUTF8")
        return options

    def _recipients(self, to: Sequence[str]) -> list[str]:
        replies = {address: Reply.of(self._session.rcpt(address)) for address in to}
        refused = {address: reply for address, reply in replies.items() if not reply.accepted}
        later = {address: reply for address, reply in refused.items() if not reply.permanent}
        if later:
            raise _Refused(f"RCPT {', '.join(later)}", next(iter(later.values())))
        if len(refused) == len(replies):
            raise _Refused(f"RCPT {', '.join(refused)}", next(iter(refused.values())))
        return [f"{address} ({reply})" for address, reply in refused.items()]

    def _step(self, name: str, reply: Reply) -> None:
        if not reply.accepted:
            raise _Refused(name, reply)

    def _hand_over(self, message: bytes) -> Reply:
        self._session.sock.settimeout(self._answer_seconds)  # type: ignore[union-attr]
        self._session.send(_stuffed(message))
        return Reply.of(self._session.getreply())

    def _leave(self) -> None:
        with contextlib.suppress(*LINE_ERRORS), watchdog(self._session, 5):
            self._session.docmd("QUIT")


def _stuffed(message: bytes) -> bytes:
    """CRLF lines, leading dots doubled, and the line that ends the text (RFC 5321, 4.5.2)."""
    lines = message.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n").split(b"\n")
    return b"".join((b"." if line[:1] == b"." else b"") + line + b"\r\n" for line in lines) + b".\r\n"


def _outcome(reply: Reply, refused: Sequence[str]) -> Receipt:
    if reply.accepted:
        left_out = f"; refused: {', '.join(refused)}" if refused else ""
        return Receipt(delivery=Delivery.SENT, detail=f"{reply}{left_out}")
    if reply.code < 400 or reply.code > 599:
        return Receipt(delivery=Delivery.UNCERTAIN, detail=f"an answer that is none: {reply}")
    delivery = Delivery.DEAD if reply.permanent else Delivery.RETRY
    return Receipt(delivery=delivery, detail=f"text refused: {reply}")


def _envelope(address: str) -> str:
    """The address as it stands in a MAIL or RCPT command. Raises `MailRefused` where it could not stand there."""
    try:
        return str(read_address(address))
    except ValueError as error:
        raise MailRefused(f"{error}.") from error
