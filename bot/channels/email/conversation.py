"""One SMTP conversation, step by step, so that the moment is known at which the text leaves us."""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bot.errors import MailRefused

Security = Literal["starttls", "tls", "none"]
_ADDRESSES = 4  #: a host name may have several, each is tried for its share of the time
#: whatever the line, the other side and TLS may throw at us
LINE_ERRORS = (OSError, smtplib.SMTPException, ValueError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a server answered."""

    code: int  #: three digits of RFC 5321; -1 where it was no SMTP reply
    text: str

    @classmethod
    def of(cls, answer: tuple[int, bytes]) -> Reply:
        """From smtplib's pair. Line breaks become spaces, undecodable bytes are replaced."""
        return cls(code=answer[0], text=" ".join(answer[1].decode("utf-8", "replace").split())[:300])

    @property
    def accepted(self) -> bool:
        """2yz: done."""
        return 200 <= self.code < 300

    @property
    def permanent(self) -> bool:
        """5yz: asking again is of no use."""
        return 500 <= self.code < 600

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where and how to speak SMTP."""

    host: str
    port: int
    security: Security
    user: str | None
    password: str | None
    seconds: float  #: for everything up to the go-ahead for the text
    context: ssl.SSLContext

    def __repr__(self) -> str:
        return f"Server({self.host}:{self.port}, {self.security})"


@contextlib.contextmanager
def open_session(server: Server) -> Iterator[SmtpSession]:
    """A greeted, encrypted and logged-in session, closed at the end whatever happened.

    Raises `MailRefused` with the mend, not permanent: none of this says anything about a message.
    """
    session = SmtpSession(server)
    try:
        _begin(session, server)
        yield session
    finally:
        session.close()


@contextlib.contextmanager
def watchdog(session: smtplib.SMTP, seconds: float) -> Iterator[None]:
    """Cuts the line after that time, also where the server sends a byte now and then to keep it busy."""
    timer = threading.Timer(seconds, _cut, [session])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _cut(session: smtplib.SMTP) -> None:
    line = session.sock
    if isinstance(line, socket.socket):
        with contextlib.suppress(OSError):
            socket.socket.shutdown(line, socket.SHUT_RDWR)  # past TLS, which a thread may be reading


class SmtpSession(smtplib.SMTP):
    """Begins with TLS where the server wants that, and knows when its time is up. Does not connect by itself."""

    def __init__(self, server: Server) -> None:
        super().__init__(timeout=server.seconds / 2)
        self._server = server
        self._deadline = time.monotonic() + server.seconds
        self._host = (
            server.host
        )  # smtplib checks the certificate against it, and only sets it when connecting

    def remaining(self) -> float:
        """Seconds left for everything before the text leaves us; never zero, so that timers fire."""
        return max(self._deadline - time.monotonic(), 0.001)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        line = socket.create_connection((host, port), timeout / _ADDRESSES)
        line.settimeout(timeout)
        self.sock = line  # where the watchdog finds it during the handshake
        if self._server.security == "tls":
            return self._server.context.wrap_socket(line, server_hostname=host)
        return line


def _begin(session: SmtpSession, server: Server) -> None:
    try:
        with watchdog(session, session.remaining()):
            _expect(Reply.of(session.connect(server.host, server.port)), "greeting")
            _greet(session, server)
    except ssl.SSLCertVerificationError as error:
        raise _refused(
            f"The certificate of {server.host} does not hold: {error.verify_message}.",
            "Set OVERSIGHT_SMTP_HOST to the name in the certificate.",
        ) from error
    except smtplib.SMTPAuthenticationError as error:
        raise _refused(
            f"{server.host} refused the login ({error.smtp_code}).",
            "Check OVERSIGHT_SMTP_USER and OVERSIGHT_SMTP_PASSWORD; many providers want an app password.",
        ) from error
    except LINE_ERRORS as error:
        raise _refused(
            f"No SMTP session with {server.host}:{server.port}: {_said(error)}.",
            "Check OVERSIGHT_SMTP_HOST, OVERSIGHT_SMTP_PORT and OVERSIGHT_SMTP_SECURITY.",
        ) from error


def _greet(session: SmtpSession, server: Server) -> None:
    session.ehlo_or_helo_if_needed()
    if server.security == "starttls":
        if not session.has_extn("starttls"):
            raise smtplib.SMTPNotSupportedError("the server does not offer STARTTLS")
        _expect(Reply.of(session.starttls(context=server.context)), "STARTTLS")
        session.ehlo_or_helo_if_needed()
    if server.user:
        session.login(server.user, server.password or "")


def _expect(reply: Reply, step: str) -> None:
    if not reply.accepted:
        raise smtplib.SMTPException(f"{step} refused: {reply}")


def _refused(message: str, mend: str) -> MailRefused:
    return MailRefused(message, mend=mend, permanent=False)


def _said(error: Exception) -> str:
    """What went wrong, without the login that some SMTP errors quote."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, smtplib.SMTPResponseException):
        return str(Reply.of((error.smtp_code, _bytes(error.smtp_error))))
    return str(error) or type(error).__name__


def _bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "replace")
