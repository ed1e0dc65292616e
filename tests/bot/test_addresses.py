"""Mail addresses are read in one way, wherever they are written."""

import pytest

from bot.addresses import read_address


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (" olive@example.org ", "olive@example.org"),
        ("oversight@localhost", "oversight@localhost"),
        ("jörg@shop.example", "jörg@shop.example"),
        ("chef@bäckerei.example", "chef@xn--bckerei-5wa.example"),
    ],
)
def test_one_plain_address_is_read(written: str, meant: str) -> None:
    assert str(read_address(written)) == meant


@pytest.mark.parametrize(
    "written",
    [
        "",
        "olive",
        "@example.org",
        "olive@",
        "a@b@example.org",
        "a b@example.org",
        "a@b.example, c@d.example",
        "Olive <olive@example.org>",
        "olive@example..org",
        "olive@example.org\r\nBcc: x@y.example",
        "olive@xn--\u2603.example",
    ],
)
def test_anything_else_is_refused_with_what_to_write(written: str) -> None:
    with pytest.raises(ValueError, match="is no e-mail address"):
        read_address(written)
