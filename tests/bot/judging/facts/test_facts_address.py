"""Which addresses are asked at all."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from bot.judging.facts.address import Refused, is_public, target

PRIVATE = (
    "127.0.0.1 127.8.9.10 0.0.0.0 0.1.2.3 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 "
    "100.64.0.1 100.100.100.200 192.0.0.192 168.63.129.16 198.18.0.1 192.0.2.1 203.0.113.9 224.0.0.1 240.0.0.1 "
    "255.255.255.255 "
    ":: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 "
    "fec0::1 ff02::1 2001:db8::1 3fff::1 2002:7f00:1:: 2002:a9fe:a9fe:: 2002:c0a8:101::1 64:ff9b::7f00:1 "
    "64:ff9b::a9fe:a9fe 64:ff9b:1::a00:1 2001::1 100::1 5f00::1"
)
PUBLIC = "93.184.216.34 8.8.8.8 1.1.1.1 2606:4700::1111 2a00:1450:4001::1 64:ff9b::808:808 2002:808:808::1"


@pytest.mark.parametrize("address", PRIVATE.split())
def test_private_addresses(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC.split())
def test_public_addresses(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://2130706433/", "disguise"),
        ("http://0x7f000001/", "disguise"),
        ("http://0x7f.0.0.1/", "disguise"),
        ("http://127.0.0.0x1/", "disguise"),
        ("http://0177.0.0.1/", "disguise"),
        ("http://017700000001/", "disguise"),
        ("http://127.1/", "disguise"),
        ("http://127.1./", "disguise"),
        ("http://127.0.0.1./", "private"),
        ("http://[::1]/", "private"),
        ("http://[::ffff:169.254.169.254]/", "private"),
        ("http://[fe80::1%25lo]/", "private"),
        ("http://①②⑦.⓪.⓪.①/", "makes no sense"),
        ("http://localhost/", "no name of the open internet"),
        ("http://router/admin", "no name of the open internet"),
        ("http:///x", "no name of the open internet"),
        ("http://a.example@evil.example/", "user name"),
        ("http://a.example:8080/", "port"),
        ("https://a.example:80/", "port"),
        ("ftp://a.example/", "only http"),
        ("file:///etc/passwd", "only http"),
        ("gopher://a.example/", "only http"),
        ("javascript://a.example/%0aalert(1)", "only http"),
        ("http://a.example/" + "x" * 3000, "too long"),
    ],
)
def test_what_is_refused_by_its_looks(address: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        target(address)


@pytest.mark.parametrize(
    ("address", "host", "path"),
    [
        ("https://A.Example/x?y=1#z", "a.example", "/x?y=1"),
        ("a.example", "a.example", "/"),
        ("http://a.example.:80", "a.example", "/"),
        ("https://bücher.example/ä", "xn--bcher-kva.example", "/%C3%A4"),
        ("http://93.184.216.34/", "93.184.216.34", "/"),
        ("http://a.example\\@127.0.0.1/", "a.example", "/%5C@127.0.0.1/"),
        ("http://a.example/\r\nHost: b", "a.example", "/%0D%0AHost:%20b"),
    ],
)
def test_what_is_asked(address: str, host: str, path: str) -> None:
    found = target(address)
    assert (found.host, found.path) == (host, path)
