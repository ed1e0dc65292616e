"""Mail addresses: read in one way by the settings, by the letters' headers and by the mail channel's envelopes."""

from __future__ import annotations

import re
from dataclasses import dataclass

import idna

_LOCAL = re.compile(r"[^\s\x00-\x1f\x7f-\x9f\ud800-\udfff()<>@,;:\\\"\[\]]{1,64}")
_HOST = re.compile(r"[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailAddress:
    """One plain address, fit for a header and for a MAIL or RCPT command."""

    local: str  #: before the @, as it was written; may hold letters beyond ASCII (RFC 6531)
    host: str  #: behind the @, in ASCII (IDNA 2008)

    def __str__(self) -> str:
        return f"{self.local}@{self.host}"


def read_address(text: str) -> MailAddress:
    """The address. Raises `ValueError` for anything that is not exactly one plain address, with the mend."""
    local, _, domain = text.strip().rpartition("@")
    try:
        host = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        raise ValueError(f"{text!r} is no e-mail address, its domain cannot exist; correct it") from None
    if not _LOCAL.fullmatch(local) or not _HOST.fullmatch(host):
        raise ValueError(f"{text!r} is no e-mail address; write it like name@example.com")
    return MailAddress(local=local, host=host)
