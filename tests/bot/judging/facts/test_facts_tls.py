"""Encrypted connections go to the checked address under the name that the link gave."""

from __future__ import annotations

import http.server
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from encryption import Encryption
from internet import OTHER, Internet

from bot.judging.facts.visit import look_at_link


class _Quiet(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        """Everything is well."""
        self.server.hosts.append(self.headers["Host"])  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def encrypted(context: ssl.SSLContext) -> Iterator[tuple[tuple[str, int], list[str | None], list[str]]]:
    """A TLS server: where it listens, the names asked for in the handshake, the Host headers."""
    names: list[str] = []
    context.sni_callback = lambda _, name, __: names.append(name)
    server = http.server.HTTPServer(("127.0.0.1", 0), _Quiet)
    server.hosts = []  # type: ignore[attr-defined]
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign] -- refused handshakes are expected
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.server_address[:2], names, server.hosts  # type: ignore[misc, attr-defined]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_certificate_is_checked_against_the_name_not_the_address(
    net: Internet, encryption: Encryption
) -> None:
    net.names = {"shop.example": [OTHER], "other.example": [OTHER]}
    with encrypted(encryption.server) as (where, names, hosts):
        net.servers[OTHER] = where
        network = net.network(certificates=lambda: encryption.client)
        assert look_at_link(network, "https://shop.example/").alive is True
        assert (names, hosts) == (["shop.example"], ["shop.example"])
        state = look_at_link(network, "https://other.example/")
        assert (state.alive, state.reason) == (None, "its certificate is not valid")
        assert look_at_link(net.network(), "https://shop.example/").reason == "its certificate is not valid"
