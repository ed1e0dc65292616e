"""Where an address begins and ends in what people write."""

from pathlib import Path

import pytest
from rule_stage import flags

from policies.matching.links import links


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("https://en.example.org/wiki/Rye_(bread)", ["https://en.example.org/wiki/Rye_(bread)"]),
        ("(see https://a.com/x_(y_(z))).", ["https://a.com/x_(y_(z))"]),
        ("[rye](https://a.com/Rye_(bread))", ["https://a.com/Rye_(bread)"]),
        ("https://a.com/?f[x]=1&g[]=2", ["https://a.com/?f[x]=1&g[]=2"]),
        ("[https://bit.ly/a]", ["https://bit.ly/a"]),
        ("[A](https://a.com/)|[B](https://bit.ly/b)", ["https://a.com/", "https://bit.ly/b"]),
        ("[A](https://a.com/)[B](https://bit.ly/b)", ["https://a.com/", "https://bit.ly/b"]),
        ("a|bit.ly/abc|b", ["bit.ly/abc"]),
        ("https://a.com/\uff0c\u6b22\u8fce", ["https://a.com/"]),
        ("\u300chttps://a.com/x\u300d", ["https://a.com/x"]),
        ("\uff08https://a.com/x\uff09\u3002", ["https://a.com/x"]),
        ("https://a.com/x\u3000\u6b22\u8fce", ["https://a.com/x"]),
        ("https://bit.ly\u6b22\u8fce", ["https://bit.ly"]),
        ("\u6b22\u8fcebit.ly\u6b22\u8fce", ["bit.ly"]),
        ("https://a.com/our\\_menu", ["https://a.com/our_menu"]),
        ("https://a.com/a\\~b\\_c", ["https://a.com/a~b_c"]),
        ("https://[::1]/x", ["https://[::1]/x"]),
        ("b\u00e4ckerei.de/men\u00fc", ["b\u00e4ckerei.de/men\u00fc"]),
        ("write to jo@a.com, or b.com", ["b.com"]),
    ],
)
def test_where_a_link_ends(text: str, wanted: list[str]) -> None:
    assert [link.written for link in links(text)] == wanted


def test_spans_cover_what_stands_in_the_text() -> None:
    text = "See https://a.com/our\\_menu."
    assert [text[link.span.start : link.span.end] for link in links(text)] == ["https://a.com/our\\_menu"]


@pytest.mark.parametrize(
    "address",
    [
        "anna.al+orders@gmail.com",
        "jo.me-smith@gmail.com",
        "o'brien.co@gmail.com",
        "a.b.to_c.de@mail.example.co.uk",
        "m\u00fcller.de@b\u00e4ckerei.de",
        "mailto:jo.me@a.com",
        "<bit.ly@a.com>",
    ],
)
def test_mail_addresses_are_no_links(address: str) -> None:
    assert links(f"Write to {address} please") == []


@pytest.mark.parametrize(
    ("domain", "wrong"),
    [
        ("harbourbakery.com", False),
        ("harbourbakery.net", False),
        ("shop.harbourbakery.net", False),
        ("harbourbakery.org", True),
        ("harb0urbakery.com", True),
        ("harbourbakerry.net", True),
    ],
)
def test_own_domains_do_not_look_like_each_other(tmp_path: Path, domain: str, wrong: bool) -> None:
    like = {"link": {"like": ["harbourbakery.com", "www.harbourbakery.net"]}}
    assert flags(tmp_path, like, f"https://{domain}/x") is wrong
