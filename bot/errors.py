"""Our errors: each says what happened, what mends it, and whether trying again can help."""

from __future__ import annotations

from datetime import datetime


class OversightError(Exception):
    """Base of all errors that a person may see."""

    def __init__(self, message: str, *, mend: str = "", permanent: bool = True) -> None:
        super().__init__(message)
        self.mend = mend  #: what to do next, in one sentence
        self.permanent = permanent  #: False where a later try may succeed by itself

    def __str__(self) -> str:
        message = super().__str__()
        return f"{message} {self.mend}".strip()


class ConfigError(OversightError):
    """Settings or files are wrong."""


class AccountUnreachable(OversightError):
    """The platform did not answer usefully; try again later."""

    def __init__(self, message: str, *, mend: str = "", permanent: bool = False) -> None:
        super().__init__(message, mend=mend, permanent=permanent)


class TokenDead(OversightError):
    """The platform refuses our credentials; somebody must renew them."""


class RateLimited(OversightError):
    """The platform asks us to wait."""

    def __init__(self, message: str, *, reset_at: datetime) -> None:
        super().__init__(message, permanent=False)
        self.reset_at = reset_at  #: UTC; no call before it


class MailRefused(OversightError):
    """The mail server refused the message."""
