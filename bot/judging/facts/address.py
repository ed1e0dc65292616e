"""Which addresses may be asked. Everything here decides and nothing here connects.

Posts are written by other people, so a link may point at the machine itself, at the router, or at a cloud's own
addresses. What is asked is an address of the open internet, on the web's two ports, named plainly.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

PORTS = {"http": 80, "https": 443}
_LONGEST = 2048  #: characters of an address
_UNICAST = IPv6Network("2000::/3")  #: the only part of IPv6 that belongs to the open internet
_NAT64 = IPv6Network("64:ff9b::/96")
#: Special though the standard library of some Python versions calls them global.
_SPECIAL = tuple(
    ip_network(text)
    for text in (
        "192.0.0.0/24",  # IETF protocol assignments
        "168.63.129.16/32",  # Azure's own services, seen from its machines
        "3fff::/20",  # documentation
    )
)


class Refused(Exception):
    """An address that is not asked; the message says why, as part of a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An address taken apart, fit to be asked once its host's addresses are known to be public."""

    url: str
    scheme: str  #: ``http`` or ``https``
    host: str  #: ASCII, lower case, without a dot at the end
    path: str  #: with the query

    @property
    def port(self) -> int:
        """The only port of its scheme that is asked."""
        return PORTS[self.scheme]


def target(address: str) -> Target:
    """Take an address apart; one without a scheme counts as http. Raises `Refused`."""
    written = address if "://" in address else f"http://{address}"
    if len(written) > _LONGEST:
        raise Refused("its address is too long")
    try:
        url = parse_url(written)
    except LocationParseError as error:
        raise Refused("its address makes no sense") from error
    scheme, host = url.scheme or "", (url.host or "").rstrip(".").lower()
    if scheme not in PORTS:
        raise Refused("only http and https are followed")
    if url.auth is not None:
        raise Refused("its address holds a user name")
    if url.port not in (None, PORTS[scheme]):
        raise Refused("it names an unusual port")
    _must_be_plain(host)
    return Target(url=url.url, scheme=scheme, host=host, path=url.request_uri)


def _must_be_plain(host: str) -> None:
    """A name with a dot, or an address in its usual form: 2130706433 and 0x7f.1 are ways to hide one."""
    literal = host_address(host)
    last = host.rpartition(".")[2]
    if literal is None and (last.isdigit() or last.startswith("0x")):
        raise Refused("its host is a number in disguise")
    if literal is None and ("." not in host or "[" in host):
        raise Refused("its host is no name of the open internet")
    if literal is not None and not is_public(literal):
        raise Refused("it leads into a private network")


def host_address(host: str) -> IPv4Address | IPv6Address | None:
    """The IP address that a host is, None for a name."""
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an IP address, and each one embedded in it, belongs to the open internet."""
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        if address not in _UNICAST or (address.sixtofour and not is_public(address.sixtofour)):
            return False
    special = any(address in network for network in _SPECIAL if network.version == address.version)
    return address.is_global and not (address.is_multicast or address.is_reserved or special)
