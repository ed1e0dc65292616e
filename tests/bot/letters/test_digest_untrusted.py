"""Other people's text in excerpts, names, headers and addresses."""

from __future__ import annotations

import unicodedata
from email import message_from_bytes
from email.policy import SMTP

import pytest
from digest_scene import UNTIL
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.errors import ConfigError
from bot.letters.excerpt import excerpt
from bot.letters.mail.message import compose, mailbox
from bot.letters.mail.render import Rendered
from bot.letters.untrusted import FSI, PDI, header, name, visible, web_address
from policies.masking import LONGEST_MASKED
from policies.model.finding import Span

settings.register_profile("patient", deadline=None)  # CI machines stall; nothing here is about speed
settings.load_profile("patient")
ANY_TEXT = st.text(alphabet=st.characters(codec=None, exclude_categories=[]), max_size=400)
NASTY = "Bob\r\nBcc: all@evil.example\r\n\r\n<script>\x1b[31m\u202egpj.exe\u2066\x00\x85\u2028\ud800"
_FORBIDDEN = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067")


def is_inert(text: str) -> bool:
    return not any(
        unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} or character in _FORBIDDEN
        for character in text
    )


@given(ANY_TEXT)
@example(NASTY)
def test_visible_text_has_no_controls_and_stays_on_one_line(text: str) -> None:
    shown = visible(text)
    assert is_inert(shown)
    assert not {FSI, PDI} & set(shown)
    assert visible(shown) == shown


@given(ANY_TEXT)
@example(NASTY)
def test_a_name_is_isolated_in_balance(text: str) -> None:
    shown = name(text)
    assert is_inert(shown.replace(FSI, "").replace(PDI, ""))
    assert (shown.count(FSI), shown.count(PDI)) in {(0, 0), (1, 1)}
    assert shown.startswith(FSI) == shown.endswith(PDI)


def test_right_to_left_names_are_isolated_and_others_left_alone() -> None:
    assert name("حسن") == f"{FSI}حسن{PDI}"
    assert name("Zoë 🥖") == "Zoë 🥖"


@given(ANY_TEXT, ANY_TEXT)
@example(NASTY, NASTY)
@pytest.mark.fault(21)
def test_no_header_can_be_injected(subject: str, brand: str) -> None:
    letter = Rendered(subject=subject, html="<p>hi</p>", text="hi")
    body = compose(
        letter,
        key=subject.encode("utf-8", "replace").decode(),
        sender="oversight@shop.example",
        sender_name=brand,
        recipients=["owner@shop.example"],
        date=UNTIL,
    )
    mail = message_from_bytes(body, policy=SMTP)
    assert sorted(mail.keys()) == sorted(
        (
            "From",
            "To",
            "Subject",
            "Date",
            "Message-ID",
            "Auto-Submitted",
            "X-Auto-Response-Suppress",
            "Content-Language",
            "MIME-Version",
            "Content-Type",
        )
    )
    assert [address.addr_spec for address in mail["To"].addresses] == ["owner@shop.example"]
    assert [address.addr_spec for address in mail["From"].addresses] == ["oversight@shop.example"]
    assert not any(line.startswith(b"Bcc") for line in body.splitlines())


@given(ANY_TEXT)
@example("a@b.example\r\nBcc: c@d.example")
@example("a@b.example, c@d.example")
@example('"a b"@c.example')
def test_an_address_is_one_plain_address_or_refused(text: str) -> None:
    try:
        box = mailbox(text)
    except ConfigError:
        return
    assert is_inert(box.addr_spec)
    assert box.addr_spec.count("@") == 1
    assert not set(box.addr_spec) & set(' ,;<>()"\\')


def test_international_names_and_domains_are_written_as_mail_wants_them() -> None:
    letter = Rendered(subject="Grüße 🥖", html="<p>hi</p>", text="hi")
    fields = {"key": "k", "sender_name": "Bäckerei", "date": UNTIL}
    plain = compose(letter, sender="o@bäckerei.example", recipients=["m@müller.example"], **fields)  # type: ignore[arg-type]
    assert plain.isascii()
    mail = message_from_bytes(plain, policy=SMTP)
    assert mail["Subject"] == "Grüße 🥖"
    assert mail["To"] == "m@xn--mller-kva.example"
    assert mail["From"].addresses[0].display_name == "Bäckerei"
    wide = compose(letter, sender="o@shop.example", recipients=["jörg@shop.example"], **fields)  # type: ignore[arg-type]
    assert b"To: " + "jörg@shop.example".encode() in wide


@given(ANY_TEXT)
@example('https://x.com/" onclick="alert(1)')
@example("java\nscript:alert(1)")
def test_a_web_address_is_http_without_quotes_or_credentials(text: str) -> None:
    address = web_address(text)
    if address is not None:
        assert address.startswith(("http://", "https://")) or address[:8].lower().startswith("http")
        assert not set(address) & set("\"'<>` \\\r\n\t")


@given(
    ANY_TEXT,
    st.lists(st.tuples(st.integers(-5, 500), st.integers(-5, 500)), max_size=5),
    st.integers(20, 300),
)
def test_an_excerpt_is_short_inert_and_keeps_what_it_marks(
    text: str, pairs: list[tuple[int, int]], width: int
) -> None:
    quote = excerpt(text, [Span(start=start, end=end) for start, end in pairs], width)
    shown = "".join(part.text for part in quote.parts)
    assert is_inert(shown)
    assert len(shown) <= width + 30
    for part in quote.parts:
        if part.marked:
            assert part.text in visible(text) or part.text.strip() in visible(text)


@given(st.integers(0, LONGEST_MASKED - 600), st.integers(1, 400))
def test_a_long_post_is_cut_around_the_match(start: int, length: int) -> None:
    text = "word " * 20_000
    marked = text[:start] + "X" * length + text[start:]
    quote = excerpt(marked, [Span(start=start, end=start + length)], 280)
    assert sum(len(part.text) for part in quote.parts) < 320
    assert "".join(part.text for part in quote.parts if part.marked) == "X" * min(length, 280)


@pytest.mark.parametrize("text", ["", " \n\t ", "\x00\x1b", "\u202e"])
def test_a_post_without_visible_text_says_so(text: str) -> None:
    assert [part.text for part in excerpt(text).parts] == ["(no text)"]


def test_a_cut_never_splits_a_joined_emoji() -> None:
    family = "👩\u200d👩\u200d👧"
    shown = "".join(part.text for part in excerpt(family * 60, width=100).parts)
    assert shown.removesuffix(" …").replace(family, "") == ""


def test_a_header_is_clipped() -> None:
    assert len(header("x" * 5_000)) == 160
