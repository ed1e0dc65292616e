"""What a test of encrypted connections needs."""

from __future__ import annotations

import ssl
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Encryption:
    """A certificate authority of this run alone, and one server that it vouches for."""

    server: ssl.SSLContext  #: shows a certificate for shop.example, localhost and 127.0.0.1
    client: ssl.SSLContext  #: trusts that authority and no other
