"""Mail by SMTP, as one value."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from bot.channels.way import Way
from bot.secrets import Secrets

PREFIX = "OVERSIGHT_SMTP_"


class SmtpSettings(Secrets):
    """Where mail is handed over."""

    host: str | None = Field(None, description="Mail server; without one, mails are kept as files in ./mail")
    port: int = Field(587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = Field("starttls", description="starttls, tls or none")
    user: str | None = None
    password: SecretStr | None = None

    @model_validator(mode="after")
    def _login_is_whole(self) -> Self:
        if self.user and not self.password:
            raise ValueError(f"{PREFIX}USER is set but {PREFIX}PASSWORD is not; set both or none")
        return self


WAY = Way(
    folder=__package__,
    name="email",
    title="Mail server",
    settings=SmtpSettings,
    prefix=PREFIX,
)
