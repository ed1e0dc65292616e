"""Mail kept as files, as one value: for operators without a mail server, so that nothing is lost."""

from __future__ import annotations

from bot.channels.way import Way
from bot.secrets import Secrets


class FileSettings(Secrets):
    """There are none: the folder stands in the home folder."""


WAY = Way(
    folder=__package__,
    name="files",
    title="Mail kept as files",
    settings=FileSettings,
    prefix="OVERSIGHT_FILES_",
    keeps="Set OVERSIGHT_SMTP_HOST to send them.",
)
