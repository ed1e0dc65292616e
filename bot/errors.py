"""What can go wrong outside the store, each with what mends it."""

from __future__ import annotations

from datetime import datetime

from policies.errors import OversightError


class ConfigError(OversightError):
    """Settings or files are wrong."""


class PlatformError(OversightError):
    """A platform gave us nothing that we can use."""


class AccountUnreachable(PlatformError):
    """The platform did not answer usefully; try again later."""

    def __init__(self, message: str, *, mend: str = "", permanent: bool = False) -> None:
        super().__init__(message, mend=mend, permanent=permanent)


class TokenDead(PlatformError):
    """The platform refuses our credentials; somebody must renew them."""


class RateLimited(PlatformError):
    """The platform asks us to wait."""

    def __init__(self, message: str, *, reset_at: datetime) -> None:
        super().__init__(message, permanent=False)
        self.reset_at = reset_at  #: UTC; no call before it


class MailRefused(OversightError):
    """The mail server refused the message."""
