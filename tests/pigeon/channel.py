"""One pigeon for each message."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.ports import BeforeData, Delivery, Receipt
from pigeon.way import PigeonSettings


class PigeonChannel:
    """Writes each message where the pigeons pick it up."""

    def __init__(self, loft: Path, sender: str) -> None:
        self._loft, self._sender = loft, sender

    def send(self, recipients: Sequence[str], message: bytes, before_data: BeforeData) -> Receipt:
        """Hand one message over."""
        before_data()
        self._loft.mkdir(parents=True, exist_ok=True)
        number = len(list(self._loft.iterdir()))
        (self._loft / f"{number}.scroll").write_bytes(message)
        return Receipt(delivery=Delivery.SENT, detail=f"pigeon {number} left for {', '.join(recipients)}")

    def check(self) -> str:
        """A sentence on where messages go."""
        return f"Pigeons fly from {self._loft}."


def open_channel(settings: PigeonSettings, *, home: Path, sender: str) -> PigeonChannel | None:
    """The channel where there is a loft."""
    return PigeonChannel(home / settings.loft, sender) if settings.loft else None
