"""Puts a rendered letter into an e-mail (RFC 5322, RFC 2387 for the picture), the same bytes for the same letter."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from bot.addresses import read_address
from bot.errors import ConfigError
from bot.letters.mail.render import CHART_ID, Rendered
from bot.letters.untrusted import header
from bot.words import language


def mailbox(address: str, name: str = "") -> Address:
    """One mail address; an international domain becomes its ASCII form (IDNA 2008).

    Raises `ConfigError` for anything that is not exactly one plain address.
    """
    try:
        read = read_address(address)
    except ValueError as error:
        raise ConfigError(f"{error}.") from error
    return Address(display_name=header(name, 70), username=read.local, domain=read.host)


def message_id(key: str, domain: str) -> str:
    """The Message-ID of everything that ever goes out for this cause."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"


def compose(
    letter: Rendered, *, key: str, sender: str, sender_name: str, recipients: Sequence[str], date: datetime
) -> bytes:
    """The whole message as bytes with CRLF lines.

    ``key`` names the cause: the same key gives the same Message-ID. ``sender`` is an address, ``date`` is UTC.
    Raises `ConfigError` for an address that cannot be written to.
    """
    origin = mailbox(sender, sender_name)
    to = [mailbox(recipient) for recipient in recipients]
    plain = all(address.username.isascii() for address in (origin, *to))
    message = EmailMessage(policy=SMTP if plain else SMTPUTF8)
    message["From"] = origin
    message["To"] = to
    message["Subject"] = header(letter.subject)
    message["Date"] = format_datetime(date)
    message["Message-ID"] = message_id(key, origin.domain)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday notice should answer
    message["X-Auto-Response-Suppress"] = "All"  # the same for Exchange
    _fill(message, letter, origin.domain)
    message["Content-Language"] = (
        language()
    )  # after the filling, which moves Content-* headers into the first part
    _name_boundaries(message, key)
    return message.as_bytes()


def _fill(message: EmailMessage, letter: Rendered, domain: str) -> None:
    html = letter.html.replace(f"cid:{CHART_ID}", f"cid:{CHART_ID}@{domain}")
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    if letter.chart:
        page = message.get_payload()[1]  # type: ignore[index]
        page.add_related(  # type: ignore[union-attr]
            letter.chart,
            "image",
            "png",
            cid=f"<{CHART_ID}@{domain}>",
            filename="days.png",
            disposition="inline",
        )


def _name_boundaries(message: EmailMessage, key: str) -> None:
    """Fixed boundaries instead of random ones, so that composing twice gives the same bytes."""
    seed = hashlib.sha256(f"boundary {key}".encode()).hexdigest()[:24]
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{seed}_{number}")
