"""What becomes of a message at real servers on loopback, one test for each outcome."""

from __future__ import annotations

import pytest
from aiosmtpd.smtp import AuthResult
from encryption import Encryption
from mail_servers import Inbox, drip, raw_server, say_nothing, smtp_server, talk_nonsense

from bot.channels.email.channel import SmtpChannel
from bot.errors import ConfigError, MailRefused
from bot.ports import Delivery, Receipt

MESSAGE = (
    b"From: a@shop.example\r\nTo: owner@shop.example\r\nSubject: hello\r\n"
    b"Message-ID: <1@shop.example>\r\n\r\nHello\r\n.a line with a dot\r\n"
)
OWNER = ("owner@shop.example",)


def channel(port: int, **options: object) -> SmtpChannel:
    fields = {"host": "127.0.0.1", "port": port, "security": "none", "sender": "a@shop.example", "seconds": 2}
    return SmtpChannel(**(fields | {"answer_seconds": 2} | options))  # type: ignore[arg-type]


class Leaving:
    """Counts how often the store was told that the text is about to leave."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> None:
        self.calls += 1


def deliver(
    inbox: Inbox, to: tuple[str, ...] = OWNER, *, message: bytes = MESSAGE, **options: object
) -> tuple[Receipt, int]:
    leaving = Leaving()
    with smtp_server(inbox) as port:
        receipt = channel(port, **options).send(to, message, leaving)
    return receipt, leaving.calls


def test_accepted_message_arrives_whole() -> None:
    inbox = Inbox()
    receipt, leaving = deliver(inbox)
    assert (receipt.delivery, leaving) == (Delivery.SENT, 1)
    assert "queued as 42" in receipt.detail
    (taken,) = inbox.taken
    assert taken.content == MESSAGE
    assert taken.rcpt_tos == ["owner@shop.example"]
    assert taken.mail_from == "a@shop.example"


@pytest.mark.fault(5)
def test_421_then_ok_is_one_message_after_a_retry() -> None:
    inbox = Inbox(on_mail=["421 4.3.2 shutting down"])
    with smtp_server(inbox) as port:
        leaving = Leaving()
        first = channel(port).send(OWNER, MESSAGE, leaving)
        assert (first.delivery, leaving.calls, len(inbox.taken)) == (Delivery.RETRY, 0, 0)
        second = channel(port).send(OWNER, MESSAGE, leaving)
    assert (second.delivery, leaving.calls, len(inbox.taken)) == (Delivery.SENT, 1, 1)


@pytest.mark.parametrize("step", ["on_mail", "on_data"])
@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ("451 4.7.1 greylisted", Delivery.RETRY),
        ("550 5.1.1 no such user", Delivery.DEAD),
        ("552 5.3.4 too big", Delivery.DEAD),
    ],
)
def test_refusals_say_whether_a_later_try_helps(step: str, reply: str, outcome: Delivery) -> None:
    inbox = Inbox(**{step: [reply]})  # type: ignore[arg-type]
    receipt, leaving = deliver(inbox)
    assert receipt.delivery is outcome
    assert reply in receipt.detail
    assert leaving == (1 if step == "on_data" else 0)
    assert inbox.taken == []


@pytest.mark.parametrize("step", ["mail", "rcpt"])
def test_a_line_that_breaks_before_the_text_is_a_retry(step: str) -> None:
    inbox = Inbox(break_at=step)
    receipt, leaving = deliver(inbox)
    assert (receipt.delivery, leaving, inbox.texts) == (Delivery.RETRY, 0, 0)


@pytest.mark.fault(4)
def test_a_line_that_breaks_after_the_text_is_uncertain() -> None:
    inbox = Inbox(break_at="data")
    receipt, leaving = deliver(inbox)
    assert (receipt.delivery, leaving, inbox.texts) == (Delivery.UNCERTAIN, 1, 1)


def test_a_server_that_hangs_after_the_text_is_uncertain() -> None:
    receipt, leaving = deliver(Inbox(hang_at="data"), answer_seconds=0.5)
    assert (receipt.delivery, leaving) == (Delivery.UNCERTAIN, 1)


@pytest.mark.parametrize("step", ["mail", "rcpt"])
def test_a_server_that_hangs_in_the_middle_is_a_retry(step: str) -> None:
    receipt, leaving = deliver(Inbox(hang_at=step), seconds=0.5)
    assert (receipt.delivery, leaving) == (Delivery.RETRY, 0)


@pytest.mark.parametrize("talk", [say_nothing, drip, talk_nonsense])
def test_a_port_without_a_mail_server_behind_it_is_a_retry(talk: object) -> None:
    leaving = Leaving()
    with raw_server(talk) as port:  # type: ignore[arg-type]
        receipt = channel(port, seconds=0.8).send(OWNER, MESSAGE, leaving)
    assert (receipt.delivery, leaving.calls) == (Delivery.RETRY, 0)
    assert "OVERSIGHT_SMTP_HOST" in receipt.detail


@pytest.mark.fault(16)
def test_the_time_for_a_hanging_server_is_bounded_by_default() -> None:
    """The default must stay under the 30 s that docs/faults.md (16) allows; the drip above shows that it is kept to."""
    session_time = SmtpChannel(
        host="127.0.0.1", port=1, security="none", sender="a@shop.example"
    )._server.seconds
    assert session_time < 30


def test_nobody_listens_is_a_retry() -> None:
    with raw_server(say_nothing) as port:
        pass
    receipt = channel(port).send(OWNER, MESSAGE, Leaving())
    assert receipt.delivery is Delivery.RETRY


def test_a_second_recipient_refused_for_good_is_named_and_the_first_served() -> None:
    inbox = Inbox(on_rcpt={"gone@shop.example": "550 5.1.1 unknown"})
    receipt, _ = deliver(inbox, ("owner@shop.example", "gone@shop.example"))
    assert receipt.delivery is Delivery.SENT
    assert "gone@shop.example (550 5.1.1 unknown)" in receipt.detail
    assert [taken.rcpt_tos for taken in inbox.taken] == [["owner@shop.example"]]


def test_a_second_recipient_refused_for_now_holds_the_message_for_all() -> None:
    inbox = Inbox(on_rcpt={"slow@shop.example": "451 4.2.0 later"})
    receipt, leaving = deliver(inbox, ("owner@shop.example", "slow@shop.example"))
    assert (receipt.delivery, leaving, inbox.taken) == (Delivery.RETRY, 0, [])
    assert "slow@shop.example" in receipt.detail


def test_all_recipients_refused_is_dead_without_sending_the_text() -> None:
    inbox = Inbox(on_rcpt={"gone@shop.example": "550 5.1.1 unknown"})
    receipt, leaving = deliver(inbox, ("gone@shop.example",))
    assert (receipt.delivery, leaving, inbox.texts) == (Delivery.DEAD, 0, 0)


def test_too_large_for_the_server_is_dead_before_anything_leaves() -> None:
    inbox, leaving = Inbox(), Leaving()
    with smtp_server(inbox, data_size_limit=1_000) as port:
        receipt = channel(port).send(OWNER, MESSAGE + b"x" * 2_000, leaving)
    assert (receipt.delivery, leaving.calls, inbox.texts) == (Delivery.DEAD, 0, 0)
    assert "1000" in receipt.detail


def test_an_international_domain_needs_nothing_of_the_server() -> None:
    inbox = Inbox()
    receipt, _ = deliver(inbox, ("chef@bäckerei.example",))
    assert receipt.delivery is Delivery.SENT
    assert inbox.taken[0].rcpt_tos == ["chef@xn--bckerei-5wa.example"]


def test_an_international_name_goes_where_smtputf8_is_spoken() -> None:
    inbox = Inbox()
    with smtp_server(inbox, enable_SMTPUTF8=True) as port:
        receipt = channel(port).send(("jörg@shop.example",), MESSAGE, Leaving())
    assert receipt.delivery is Delivery.SENT
    assert inbox.taken[0].rcpt_tos == ["jörg@shop.example"]
    assert "SMTPUTF8" in inbox.taken[0].mail_options


def test_an_international_name_is_dead_where_it_is_not() -> None:
    inbox = Inbox()
    with smtp_server(inbox, enable_SMTPUTF8=False) as port:
        receipt = channel(port).send(("jörg@shop.example",), MESSAGE, Leaving())
    assert receipt.delivery is Delivery.DEAD
    assert "SMTPUTF8" in receipt.detail


@pytest.mark.parametrize("address", ["nobody", "a b@shop.example", "a@shop.example>\r\nRCPT TO:<b@x.example"])
def test_an_address_that_could_break_out_is_dead_and_never_said(address: str) -> None:
    inbox = Inbox()
    receipt, leaving = deliver(inbox, (address,))
    assert (receipt.delivery, leaving, inbox.sessions) == (Delivery.DEAD, 0, 0)


def test_when_the_store_cannot_note_the_leaving_nothing_leaves() -> None:
    def full() -> None:
        raise OSError("disk full")

    inbox = Inbox()
    with smtp_server(inbox) as port, pytest.raises(OSError, match="disk full"):
        channel(port).send(OWNER, MESSAGE, full)
    assert inbox.texts == 0


def _bouncer(server: object, session: object, envelope: object, mechanism: str, data: object) -> AuthResult:
    right = getattr(data, "login", b"") == b"me" and getattr(data, "password", b"") == b"open sesame"
    return AuthResult(success=right, handled=False)


def test_starttls_with_login(encryption: Encryption) -> None:
    inbox = Inbox()
    options = {
        "tls_context": encryption.server,
        "require_starttls": True,
        "authenticator": _bouncer,
        "auth_required": True,
    }
    with smtp_server(inbox, **options) as port:
        ours = channel(
            port, security="starttls", user="me", password="open sesame", context=encryption.client
        )
        assert "as me (starttls)" in ours.check()
        assert ours.send(OWNER, MESSAGE, Leaving()).delivery is Delivery.SENT
    assert inbox.taken[0].content == MESSAGE
    assert "sesame" not in repr(ours)


def test_a_wrong_password_is_our_fault_not_the_message_s(encryption: Encryption) -> None:
    options = {
        "tls_context": encryption.server,
        "require_starttls": True,
        "authenticator": _bouncer,
        "auth_required": True,
    }
    with smtp_server(Inbox(), **options) as port:
        ours = channel(port, security="starttls", user="me", password="guess", context=encryption.client)
        receipt = ours.send(OWNER, MESSAGE, Leaving())
        with pytest.raises(MailRefused, match="OVERSIGHT_SMTP_PASSWORD"):
            ours.check()
    assert receipt.delivery is Delivery.RETRY
    assert "guess" not in receipt.detail


def test_tls_from_the_first_byte(encryption: Encryption) -> None:
    inbox = Inbox()
    with smtp_server(inbox, ssl_context=encryption.server) as port:
        receipt = channel(port, security="tls", context=encryption.client).send(OWNER, MESSAGE, Leaving())
    assert (receipt.delivery, len(inbox.taken)) == (Delivery.SENT, 1)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_nobody_vouches_for_is_refused(encryption: Encryption, security: str) -> None:
    inbox = Inbox()
    options = {"ssl_context": encryption.server} if security == "tls" else {"tls_context": encryption.server}
    with smtp_server(inbox, **options) as port:
        receipt = channel(port, security=security).send(OWNER, MESSAGE, Leaving())
    assert (receipt.delivery, inbox.texts) == (Delivery.RETRY, 0)
    assert "certificate" in receipt.detail.lower()


def test_a_tls_handshake_that_hangs_is_a_retry() -> None:
    with raw_server(say_nothing) as port:
        receipt = channel(port, security="tls", seconds=0.6).send(OWNER, MESSAGE, Leaving())
    assert receipt.delivery is Delivery.RETRY


def test_starttls_not_offered_is_said_and_nothing_leaves_in_the_clear() -> None:
    inbox = Inbox()
    with smtp_server(inbox) as port:
        receipt = channel(port, security="starttls").send(OWNER, MESSAGE, Leaving())
    assert (receipt.delivery, inbox.texts) == (Delivery.RETRY, 0)
    assert "STARTTLS" in receipt.detail


def test_a_password_without_encryption_is_refused_for_another_machine() -> None:
    with pytest.raises(ConfigError, match="unencrypted"):
        SmtpChannel(
            host="mail.shop.example",
            port=25,
            security="none",
            sender="a@shop.example",
            user="me",
            password="x",
        )


def test_check_without_login_says_where() -> None:
    with smtp_server(Inbox()) as port:
        assert channel(port).check() == f"127.0.0.1:{port} takes mail (none)."
