"""The base of all settings that stand in the environment: the service's own, keys of platforms, logins of channels."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Secrets(BaseModel):
    """Frozen settings whose unknown names are errors. `bot.settings.service.Environment` reads them."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, protected_namespaces=())
