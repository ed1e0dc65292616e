"""Keeps mail as files: for a preview, and for operators without a mail server."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Sequence
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

from bot.channels.files.way import FileSettings
from bot.errors import MailRefused
from bot.ports import BeforeData, Delivery, Receipt


def open_channel(settings: FileSettings, *, home: Path, sender: str) -> FileChannel:  # noqa: ARG001 -- it has none
    """A folder in the home folder."""
    return FileChannel(home / "mail")


class FileChannel:
    """A `bot.ports.Channel` into a folder, one ``.eml`` for each Message-ID."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, recipients: Sequence[str], message: bytes, before_data: BeforeData) -> Receipt:
        """Write one message. The same Message-ID again replaces its file. RETRY where the disk refuses."""
        before_data()
        try:
            path = self._write(message)
        except OSError as error:
            return Receipt(delivery=Delivery.RETRY, detail=f"{self._folder}: {error.strerror}")
        return Receipt(delivery=Delivery.SENT, detail=f"{path} for {', '.join(recipients)}")

    def check(self) -> str:
        """A sentence on where mail goes. Raises `MailRefused` where nothing can be written there."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self._folder):
                return f"No mail server is set; mail is kept in {self._folder}."
        except OSError as error:
            raise MailRefused(f"{self._folder}: {error.strerror}.", mend="Make it writable.") from error

    def _write(self, message: bytes) -> Path:
        """Whole or not at all, and on the disk before we say so."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{_stem(message)}.eml"
        handle, unfinished = tempfile.mkstemp(dir=self._folder, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(message)
                file.flush()
                os.fsync(file.fileno())
            Path(unfinished).replace(path)
        except BaseException:
            Path(unfinished).unlink(missing_ok=True)
            raise
        return path


def _stem(message: bytes) -> str:
    headers = message_from_bytes(message, policy=SMTP)
    subject = re.sub(r"[^a-z0-9]+", "-", str(headers["Subject"] or "mail").lower()).strip("-")[:50]
    identity = str(headers["Message-ID"] or "") or message.hex()
    return f"{subject}-{hashlib.sha256(identity.encode()).hexdigest()[:12]}"
