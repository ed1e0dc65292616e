"""Mail addresses as an SMTP server wants them."""

from __future__ import annotations

import idna

from bot.errors import MailRefused


def envelope(address: str) -> str:
    """The address with its domain in ASCII (IDNA 2008); the part before the @ stays as it is.

    Raises `MailRefused` where it could not stand in a MAIL or RCPT command.
    """
    local, at, domain = address.strip().rpartition("@")
    unfit = not (at and local and domain) or any(c <= " " or c in "<>\x7f" for c in address.strip())
    try:
        host = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
    except idna.IDNAError as error:
        raise MailRefused(f"{address!r} has a domain that cannot exist.", mend="Correct it.") from error
    if unfit:
        raise MailRefused(f"{address!r} is no mail address.", mend="Write it like name@example.com.")
    return f"{local}@{host}"
