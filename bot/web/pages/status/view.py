"""What the service could not do, and a button to send a mail again."""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default as modern

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.links import Purpose
from bot.logs import spared
from bot.web.guard import Visit, admit, form_handler
from bot.web.site import WebSite
from bot.web.troubles import count_stuck, late_streams, stuck_messages
from bot.words import say
from storage.views import OutMessage

_ADDRESS = "/desk/{brand}/status"


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckMessage:
    """A message of ours that did not surely arrive."""

    message: OutMessage
    subject: str


def routes(site: WebSite) -> list[Route]:
    """The page, and its form that sends a message again."""

    def show(request: Request) -> Response:
        return _show(site, request, admit(site, request, Purpose.DESK))

    def resend(_request: Request, visit: Visit, form: dict[str, str]) -> Response:
        return _resend(site, visit, form.get("message", ""))

    return [
        Route(_ADDRESS, show),
        Route(_ADDRESS, form_handler(site, Purpose.DESK, resend), methods=["POST"]),
    ]


def _show(site: WebSite, request: Request, visit: Visit) -> Response:
    return site.page(
        "status/page.html",
        visit=visit,
        letters=[
            StuckMessage(message=message, subject=_subject(message))
            for message in stuck_messages(site, visit)
        ],
        stuck=count_stuck(site, visit),
        late=late_streams(site, visit),
        streams=site.store.streams.health(visit.grant.brand),
        form_token=site.links.form_token(visit.grant),
        sent=request.query_params.get("sent") == "again",
    )


def _resend(site: WebSite, visit: Visit, number: str) -> Response:
    """Send the message of this number again, where it belongs to the brand and is stuck."""
    for message in stuck_messages(site, visit):
        if message.id is not None and str(message.id) == number:
            site.store.outbox.resend(message.id, now=visit.now)
    return RedirectResponse(f"{visit.home}/status?sent=again", status_code=303)


def _subject(message: OutMessage) -> str:
    nothing = say("status.mail.no_subject")

    def read() -> str:
        return str(message_from_bytes(message.body, policy=modern)["subject"] or nothing)

    return spared(f"message {message.id}", read, lambda: nothing)
