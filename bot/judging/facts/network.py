"""One question to one server of the open internet: checked first, held to a deadline, read up to a cap.

The name is resolved here, every address that it has is checked, and the connection goes to a checked address: a name
server that answers differently the next time is not asked a next time. Proxies, cookies and credentials of the
environment play no part.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.message import Message
from functools import cache
from ipaddress import ip_address
from typing import Any

from certifi import where

from bot.judging.facts.address import Refused, Target, host_address, is_public

CONNECT_SECONDS = 5.0
PATIENCE = (
    3.0  #: seconds without an answer that make a host silent; a redirect may leave it less time than that
)
SILENT_SECONDS = 600.0  #: how long a silent host is left alone
CONTROL = "example.com"  #: a name that is always there (RFC 2606)
_MOST_SILENT = 1000  #: hosts remembered
_NO_NAME = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
_HEADERS = {
    "User-Agent": "social-oversight/0.1 (+looks at what a business published)",
    "Accept": "*/*",
    "Accept-Encoding": "identity",  # so that nothing must be unpacked, and no bomb can go off
    "Connection": "close",
}

Resolve = Callable[[str, int], Sequence[str]]
Dial = Callable[[str, int, float], socket.socket]


class NotSeen(Exception):
    """Nobody could be asked, or nobody answered; the message says why, as part of a sentence."""


class NoSuchHost(NotSeen):
    """There is surely no server of this name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """What a server said."""

    status: int
    headers: Message  #: by name in any capitals
    body: bytes = b""


def resolve(host: str, port: int) -> list[str]:
    """Every IP address of a name, by the system's resolver. Raises `socket.gaierror`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def dial(address: str, port: int, seconds: float) -> socket.socket:
    """A connection to an IP address."""
    return socket.create_connection((address, port), timeout=seconds)


@cache
def public_certificates() -> ssl.SSLContext:
    """Trust in the authorities that browsers trust."""
    return ssl.create_default_context(cafile=where())


class Network:
    """The open internet, and nothing else. Tests stand in for the resolver and the wire, never for the guard."""

    def __init__(
        self,
        *,
        resolve: Resolve = resolve,
        dial: Dial = dial,
        certificates: Callable[[], ssl.SSLContext] = public_certificates,
        patience: float = PATIENCE,
    ) -> None:
        self._patience = patience
        self._resolve, self._dial, self._certificates = resolve, dial, certificates
        self._silent: dict[str, float] = {}  # host -> monotonic time until which it is left alone

    def ask(self, method: str, target: Target, *, deadline: float, most_bytes: int = 0) -> HttpAnswer:
        """The answer of a server, by a monotonic deadline; its body where ``most_bytes`` leaves room for one.

        Raises `Refused` before anything is sent where the host is not public, or where the body is too large or
        packed; `NotSeen` where nobody answers.
        """
        began = time.monotonic()
        if self._silent.get(target.host, 0) > began:
            raise NotSeen("its server did not answer a moment ago")
        addresses = self._addresses(target)
        try:
            with _Wire(self._connected(addresses, target, deadline), deadline) as wire:
                return _exchange(wire, method, target, most_bytes)
        except TimeoutError as error:
            self._remember_silence(target.host, began)
            raise NotSeen("its server did not answer in time") from error
        except ssl.SSLCertVerificationError as error:
            raise NotSeen("its certificate is not valid") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NotSeen("its server gave no usable answer") from error

    def _addresses(self, target: Target) -> list[str]:
        if host_address(target.host):
            addresses: Sequence[str] = [target.host.strip("[]")]
        else:
            addresses = self._resolved(target)
        if not all(is_public(ip_address(address)) for address in addresses):
            raise Refused("it leads into a private network")
        return list(addresses)

    def _resolved(self, target: Target) -> Sequence[str]:
        try:
            found = self._resolve(target.host, target.port)
        except socket.gaierror as error:
            if error.errno in _NO_NAME and self._names_are_found():
                raise NoSuchHost("there is no server of that name") from error
            raise NotSeen("its name could not be looked up") from error
        except (OSError, UnicodeError) as error:
            raise NotSeen("its name could not be looked up") from error
        if not found:
            raise NoSuchHost("there is no server of that name")
        return found

    def _names_are_found(self) -> bool:
        """Whether any name is: a machine without a network may say of each one that it does not exist."""
        try:
            return bool(self._resolve(CONTROL, 443))
        except OSError:
            return False

    def _connected(self, addresses: Sequence[str], target: Target, deadline: float) -> socket.socket:
        """A connection to the first of the checked addresses that takes one."""
        failure: OSError = TimeoutError("no time left")
        for address in addresses:
            if (left := deadline - time.monotonic()) <= 0:
                break
            try:
                plain = self._dial(address, target.port, min(left, CONNECT_SECONDS))
            except OSError as error:
                failure = error
                continue
            return self._secured(plain, target, deadline) if target.scheme == "https" else plain
        raise failure

    def _secured(self, plain: socket.socket, target: Target, deadline: float) -> socket.socket:
        """The connection encrypted, its certificate checked against the name that the link gave."""
        plain.settimeout(_left(deadline))
        try:
            return self._certificates().wrap_socket(plain, server_hostname=target.host.strip("[]"))
        except BaseException:
            plain.close()
            raise

    def _remember_silence(self, host: str, began: float) -> None:
        if time.monotonic() - began < self._patience:
            return
        if len(self._silent) >= _MOST_SILENT:
            self._silent.clear()
        self._silent[host] = time.monotonic() + SILENT_SECONDS


def _exchange(wire: _Wire, method: str, target: Target, most_bytes: int) -> HttpAnswer:
    connection = http.client.HTTPConnection(target.host, target.port)
    # A connection that has its socket does not look for one, so the checked address is the one that is asked.
    connection.sock = wire
    connection.request(method, target.path, headers={"Host": target.host, **_HEADERS})
    response = connection.getresponse()
    body = _body(response, most_bytes) if most_bytes and response.status == http.client.OK else b""
    return HttpAnswer(status=response.status, headers=response.headers, body=body)


def _body(response: http.client.HTTPResponse, most: int) -> bytes:
    if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise Refused("it comes packed, and nothing packed is opened")
    if (response.length or 0) > most:
        raise Refused("it is too large")
    body = response.read(most + 1)
    if len(body) > most:
        raise Refused("it is too large")
    return body


def _left(deadline: float) -> float:
    if (left := deadline - time.monotonic()) <= 0:
        raise TimeoutError("no time left")
    return left


class _Wire:
    """A socket whose every wait ends at the deadline: a server that sends a byte now and then gains nothing."""

    def __init__(self, connected: socket.socket, deadline: float) -> None:
        self._socket, self._deadline = connected, deadline

    def __enter__(self) -> _Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def sendall(self, data: Any) -> None:
        """Send it all."""
        self._socket.settimeout(_left(self._deadline))
        self._socket.sendall(data)

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        """What the answer is read from."""
        return io.BufferedReader(_Incoming(self._socket, self._deadline))

    def close(self) -> None:
        """Nothing: the wire is closed where it was opened."""


class _Incoming(io.RawIOBase):
    def __init__(self, connected: socket.socket, deadline: float) -> None:
        self._socket, self._deadline = connected, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._socket.settimeout(_left(self._deadline))
        return self._socket.recv_into(buffer)
