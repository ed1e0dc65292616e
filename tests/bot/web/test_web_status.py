"""What the owner learns of the service, and what machines ask."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from starlette.testclient import TestClient
from web_client import OURS, enter, form
from web_seed import ANNA, BRAND, NOW, OWN, flagged, post

from bot.links import Links, Purpose
from bot.queue.embedded import EmbeddedQueue
from policies.model.finding import Severity
from storage.store import Store
from storage.views import MessageState, OutMessage


def letter(key: str, subject: str, brand: str = BRAND) -> OutMessage:
    mail = EmailMessage()
    mail["Subject"], mail["Message-ID"] = subject, f"<{key}@lumen.example>"
    mail.set_content("Dear Anna")
    return OutMessage(
        id=None,
        key=key,
        brand=brand,
        kind="digest",
        channel="email",
        recipients=("anna@lumen.example",),
        body=mail.as_bytes(),
        created_at=NOW,
    )


def stuck(store: Store, key: str, subject: str, outcome: str, detail: str) -> int:
    store.digests.save(BRAND, slot=key, since=NOW, until=NOW, message=letter(key, subject), now=NOW)
    message = store.outbox.claim(worker="w", now=NOW, lease=timedelta(minutes=5))
    assert message is not None
    assert message.id is not None
    store.outbox.leaving(message.id, now=NOW)
    store.outbox.delivered(message.id, outcome, detail, now=NOW)
    return message.id


@pytest.mark.fault(5)
def test_the_owner_learns_what_did_not_arrive(client: TestClient, links: Links, store: Store) -> None:
    stuck(store, "d1", "Lumen – 3 Fälle", "dead", "550 5.1.1 no such user")
    stuck(store, "d2", "Another day", "uncertain", "connection reset")
    home = enter(client, links, ANNA, Purpose.DESK)
    assert "2 things need attention" in client.get(home).text
    page = client.get(f"{home}/status").text
    for words in (
        "Lumen – 3 Fälle",
        "550 5.1.1 no such user",
        "The mail server refused it",
        "It may have arrived",
    ):
        assert words in page


def test_the_owner_sends_a_stuck_message_again(client: TestClient, links: Links, store: Store) -> None:
    number = stuck(store, "d1", "Lumen", "uncertain", "reset")
    path = enter(client, links, ANNA, Purpose.DESK) + "/status"
    filled = form(client, path, message=str(number))
    assert client.post(path, data=filled).status_code == 403
    for _ in range(2):
        answer = client.post(path, data=filled, headers=OURS)
        assert answer.headers["location"] == f"{path}?sent=again"
    (message,) = store.outbox.find(BRAND, [MessageState.PENDING])
    assert message.id == number
    assert b"<d1@lumen.example>" in message.body
    assert client.get(f"{path}?sent=again").status_code == 200


def test_nobody_sends_a_message_of_another_brand(client: TestClient, links: Links, store: Store) -> None:
    number = stuck(store, "d1", "Lumen", "uncertain", "reset")
    other = links.address(
        links.grant(brand="other", person="anna", purpose=Purpose.DESK, now=NOW, lifetime=timedelta(1))
    )
    path = client.get(other).headers["location"] + "/status"
    store.digests.save(
        "other", slot="x", since=NOW, until=NOW, message=letter("o", "Other", "other"), now=NOW
    )
    page = client.get(path)
    assert "Lumen" not in page.text
    token = links.form_token(links.open(other.rpartition("/")[2], now=NOW, is_revoked=lambda _: False))
    client.post(path, data={"form": token, "message": str(number)}, headers=OURS)
    (message,) = store.outbox.find(BRAND)
    assert message.state is MessageState.UNCERTAIN


def test_stale_accounts_are_never_all_quiet(
    client: TestClient, links: Links, store: Store, clock: Any
) -> None:
    path = enter(client, links, ANNA, Purpose.DESK) + "/status"
    store.streams.ended(OWN, now=NOW)
    assert "All is well" in client.get(path).text
    clock.now = NOW + timedelta(hours=7)
    page = client.get(path).text
    assert "1 thing needs attention" in page
    assert "We have not seen what was published since then" in page
    store.streams.ended(OWN, now=clock.now, error="X refuses our token. Renew it.")
    page = client.get(path).text
    assert "We cannot read it since" in page
    assert "X refuses our token. Renew it." in page


def test_health_and_metrics_say_what_they_are_given(store: Store, links: Links, clock: Any) -> None:
    from bot.web.app import create_app

    report: dict[str, Any] = {"ok": True}
    app = create_app(
        store=store,
        queue=EmbeddedQueue(store),
        links=links,
        brands={},
        clock=clock,
        health=lambda: report,
        metrics=lambda: b"oversight_up 1\n",
        secure_cookies=False,
    )
    client = TestClient(app)
    assert (client.get("/healthz").status_code, client.get("/healthz").json()) == (200, {"ok": True})
    report |= {"ok": False, "store": "the disk is full"}
    assert client.get("/healthz").status_code == 503
    assert client.get("/healthz").json()["store"] == "the disk is full"
    answer = client.get("/metrics")
    assert answer.text == "oversight_up 1\n"
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")


def test_what_opens_a_case_has_words_for_how_grave_it_is(
    client: TestClient, links: Links, store: Store
) -> None:
    for number, severity in enumerate((Severity.BREACH, Severity.CRITICAL), 1):
        flagged(store, post(number, "We guarantee it"), "guarantee", severity=severity)
    page = client.get(enter(client, links)).text
    assert page.index("Urgent") < page.index("Off-brand")
