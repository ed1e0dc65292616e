"""The message around the letter, and its way through a real mail server."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from digest_scene import BERLIN, UNTIL, a_monday, busy_day, link, quiet_day
from mail_reading import parsed

from bot.errors import ConfigError
from bot.letters.alert import AlertInput, build_alert
from bot.letters.digest.build import build
from bot.letters.mail.outgoing import out_message
from storage.views import OutMessage

FIELDS = {"sender": "oversight@shop.example", "recipients": ("marta@shop.example",), "brand_id": "bakery"}


def digest(**more: object) -> bytes:
    given = more.pop("given", busy_day())
    fields = {"kind": "digest", "cause": "2026-11-20T18:00", "at": given.until, "sender_name": given.brand}  # type: ignore[attr-defined]
    return out_message(build(given, link), **(fields | FIELDS | more)).body  # type: ignore[arg-type]


def alert(*numbers: int, now_offset: timedelta = timedelta(0)) -> OutMessage:
    busy = busy_day()
    cases = tuple(view for view in busy.cases if view.case.id in numbers)
    given = AlertInput(
        brand=busy.brand, owner=busy.owner, zone=BERLIN, now=UNTIL + now_offset, cases=cases, link=link
    )
    cause = ",".join(str(number) for number in sorted(numbers))
    fields = {"kind": "alert", "cause": cause, "at": given.now, "sender_name": given.brand}
    return out_message(build_alert(given), **(fields | FIELDS))  # type: ignore[arg-type]


def test_the_parts_are_text_then_page_with_its_picture() -> None:
    mail = parsed(digest(given=a_monday()))
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
    ]
    picture = list(mail.walk())[-1]
    assert picture["Content-ID"] == "<days@shop.example>"
    body = mail.get_body(("html",))
    assert body is not None
    assert 'src="cid:days@shop.example"' in body.get_content()
    assert picture.get_content_disposition() == "inline"


def test_headers_are_what_mail_programs_want() -> None:
    mail = parsed(digest())
    assert mail["From"] == "Golden Crust Bakery oversight <oversight@shop.example>"
    assert mail["To"] == "marta@shop.example"
    assert mail["Subject"].strip().startswith("Golden Crust Bakery: urgent: Claims that food heals")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == UNTIL
    assert mail["Content-Language"] == "en"
    assert not mail.defects


def test_the_same_digest_is_the_same_bytes() -> None:
    assert digest() == digest()


def test_the_message_id_hangs_on_the_slot_and_the_reader_only() -> None:
    first = parsed(digest())["Message-ID"]
    assert parsed(digest(given=quiet_day()))["Message-ID"] == first
    assert parsed(digest(cause="2026-11-21T18:00"))["Message-ID"] != first
    assert parsed(digest(recipients=("ben@shop.example",)))["Message-ID"] != first


def test_an_alert_for_the_same_cause_is_the_same_mail_later() -> None:
    first, later, other = alert(41), alert(41, now_offset=timedelta(hours=1)), alert(41, 38)
    assert first.key == later.key
    assert parsed(first.body)["Message-ID"] == parsed(later.body)["Message-ID"]
    assert other.key != first.key
    assert first.kind == "alert"


def test_lines_are_short_and_end_as_rfc_5322_says() -> None:
    lines = digest(given=replace(busy_day(), brand="Ü" * 200)).split(b"\n")
    assert all(line.endswith(b"\r") for line in lines[:-1])
    assert max(len(line) for line in lines) <= 998


@pytest.mark.parametrize(
    "address", ["", "marta", "a@b@", "a@b.example, c@d.example", "x@y.example\r\nBcc: z@q.example"]
)
def test_an_address_that_is_none_is_a_configuration_error(address: str) -> None:
    with pytest.raises(ConfigError, match="mail address"):
        digest(recipients=(address,))


def test_a_digest_survives_a_real_mail_server() -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "channels"))
    from mail_servers import Inbox, smtp_server

    from bot.channels.email.channel import SmtpChannel
    from bot.ports import Delivery

    inbox = Inbox()
    message = digest()
    with smtp_server(inbox) as port:
        channel = SmtpChannel(host="127.0.0.1", port=port, security="none", sender="oversight@shop.example")
        receipt = channel.send(("marta@shop.example",), message, lambda: None)
    assert receipt.delivery is Delivery.SENT
    assert inbox.taken[0].content == message
