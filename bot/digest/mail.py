"""Letters as messages for the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.digest.build import build
from bot.digest.message import compose
from bot.digest.model import DigestInput, Letter, Link
from bot.digest.render import render
from storage.views import OutMessage


def digest_message(
    given: DigestInput, link: Link, *, slot: str, sender: str, recipients: Sequence[str], brand_id: str
) -> OutMessage:
    """The digest, ready for the outbox.

    ``slot`` is the local date and time that it is for, such as ``2026-11-22T18:00``: with the brand and the
    recipients it makes the key and the Message-ID, so the same digest is the same mail.
    """
    return out_message(
        build(given, link),
        kind="digest",
        cause=f"{slot}:{','.join(recipients)}",
        at=given.until,
        sender=sender,
        sender_name=given.brand,
        recipients=recipients,
        brand_id=brand_id,
    )


def out_message(
    letter: Letter,
    *,
    kind: str,
    cause: str,
    at: datetime,
    sender: str,
    sender_name: str,
    recipients: Sequence[str],
    brand_id: str,
) -> OutMessage:
    """A letter laid out and composed. Its key, and so its Message-ID, hangs on kind, brand and cause only.

    ``at`` is the date of the mail, UTC; ``sender_name`` is the brand as people say it.
    """
    key = f"{kind}:{brand_id}:{cause}"
    body = compose(
        render(letter),
        key=key,
        sender=sender,
        sender_name=f"{sender_name} oversight",
        recipients=recipients,
        date=at,
    )
    return OutMessage(
        id=None,
        key=key,
        brand=brand_id,
        kind=kind,
        channel="email",
        recipients=tuple(recipients),
        body=body,
        created_at=at,
    )
