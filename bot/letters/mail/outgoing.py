"""Letters as messages for the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.letters.mail.message import compose
from bot.letters.mail.render import render
from bot.letters.model import Letter
from bot.words import say
from storage.views import OutMessage


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
    """A letter laid out and composed. Its key, and so its Message-ID, hangs on kind, brand, cause and readers only.

    ``at`` is the date of the mail, UTC; ``sender_name`` is the brand as people say it.
    """
    key = f"{kind}:{brand_id}:{cause}:{','.join(recipients)}"
    body = compose(
        render(letter),
        key=key,
        sender=sender,
        sender_name=say("letter.sender", brand=sender_name),
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
        names=letter.names,
    )
