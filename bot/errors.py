"""What can go wrong outside the store, each with what mends it."""

from __future__ import annotations

from datetime import datetime

from bot.words.reasons import reason
from policies.errors import OversightError


class ConfigError(OversightError):
    """Settings or files are wrong."""


class PlatformError(OversightError):
    """A platform gave us nothing that we can use. What happened is a code, kept so and said in any language."""

    def __init__(self, code: str, *, mend: str = "", permanent: bool = True, **parts: str | int) -> None:
        """``code`` and ``mend`` as in `bot.words.reasons.reason`; ``parts`` are put into the sentence."""
        super().__init__(reason(code, parts), mend=reason("", {"mend": mend}), permanent=permanent)
        self.code = code
        self.parts = {**parts, "mend": mend} if mend else parts


class AccountUnreachable(PlatformError):
    """The platform did not answer usefully; try again later."""

    def __init__(self, code: str, *, mend: str = "", permanent: bool = False, **parts: str | int) -> None:
        super().__init__(code, mend=mend, permanent=permanent, **parts)


class TokenDead(PlatformError):
    """The platform refuses our credentials; somebody must renew them."""


class RateLimited(PlatformError):
    """The platform asks us to wait."""

    def __init__(self, *, site: str, reset_at: datetime) -> None:
        super().__init__("told-to-wait", permanent=False, site=site, time=f"{reset_at:%H:%M}")
        self.reset_at = reset_at  #: UTC; no call before it


class MailRefused(OversightError):
    """The mail server refused the message."""
