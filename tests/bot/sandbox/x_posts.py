"""Posts for the tests of the X server."""

from __future__ import annotations

from datetime import timedelta

from bot.sandbox import Publish
from bot.sandbox.synthetic import BRAND, EPOCH


def post(ref: str, minute: int, text: str, author: str = BRAND, **more: object) -> Publish:
    at = EPOCH + timedelta(minutes=minute)
    return Publish(ref=ref, at=at, platform="x", author=author, text=text, **more)  # type: ignore[arg-type]
