"""Encrypted connections go to the checked address under the name that the link gave."""

from __future__ import annotations

import http.server
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from internet import OTHER, Internet

from bot.facts.visit import look_at_link


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for shop.example, made by openssl for this run only."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=shop.example",
    ]
    files = ["-addext", "subjectAltName=DNS:shop.example", "-keyout", str(path), "-out", f"{path}.crt"]
    try:
        subprocess.run([*command, *files], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is not installed, so no certificate can be made")
    return path


class _Quiet(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        """Everything is well."""
        self.server.hosts.append(self.headers["Host"])  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def encrypted(certificate: Path) -> Iterator[tuple[tuple[str, int], list[str | None], list[str]]]:
    """A TLS server: where it listens, the names asked for in the handshake, the Host headers."""
    context, names = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), []
    context.load_cert_chain(f"{certificate}.crt", certificate)
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
    net: Internet, certificate: Path
) -> None:
    trust = ssl.create_default_context(cafile=f"{certificate}.crt")
    net.names = {"shop.example": [OTHER], "other.example": [OTHER]}
    with encrypted(certificate) as (where, names, hosts):
        net.servers[OTHER] = where
        network = net.network(certificates=lambda: trust)
        assert look_at_link(network, "https://shop.example/").alive is True
        assert (names, hosts) == (["shop.example"], ["shop.example"])
        state = look_at_link(network, "https://other.example/")
        assert (state.alive, state.reason) == (None, "its certificate is not valid")
        assert look_at_link(net.network(), "https://shop.example/").reason == "its certificate is not valid"
