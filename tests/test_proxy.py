"""The proxy of docs/deploy/nginx.conf, run in front of the real service."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPResponse, HTTPSConnection
from pathlib import Path

import pytest
import trustme

from benchmarks.attacks.stage import Service, free_port, service

ROOT = Path(__file__).parents[1]
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
NAME = "oversight.example.com"
MAIN = """pid {0}/pid;
error_log {0}/main.err;
events {{ worker_connections 768; }}
http {{ include {0}/oversight.conf; }}
"""

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")


@dataclass
class Front:
    port: int
    folder: Path
    behind: Service
    trust: ssl.SSLContext

    def ask(
        self, path: str, *, source: str = "127.0.0.3", headers: dict[str, str] | None = None
    ) -> HTTPResponse:
        line = HTTPSConnection(
            "127.0.0.1", self.port, timeout=10, context=self.trust, source_address=(source, 0)
        )
        line.request("GET", path, headers={"Host": NAME, **(headers or {})})
        answer = line.getresponse()
        answer.read()
        line.close()
        return answer


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    authority, port = trustme.CA(), free_port()
    certificate = authority.issue_cert(NAME)
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "fullchain.pem")
    certificate.private_key_pem.write_to_path(tmp_path / "privkey.pem")
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    trust.check_hostname = False
    with service(
        tmp_path, OVERSIGHT_BASE_URL=f"https://{NAME}", OVERSIGHT_TRUSTED_PROXIES="127.0.0.1"
    ) as behind:
        text = (ROOT / "docs/deploy/nginx.conf").read_text("utf-8")
        text = text.replace("listen 443", f"listen 127.0.0.1:{port}").replace(
            "127.0.0.1:8080", f"127.0.0.1:{behind.port}"
        )
        text = re.sub(r"/etc/letsencrypt/live/[^/]+|/var/log/nginx", str(tmp_path), text)
        (tmp_path / "oversight.conf").write_text(text, "utf-8")
        (tmp_path / "main.conf").write_text(MAIN.format(tmp_path), "utf-8")
        command = [str(NGINX), "-c", str(tmp_path / "main.conf"), "-g", "daemon off;"]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as running:
            _until_up(port)
            yield Front(port=port, folder=tmp_path, behind=behind, trust=trust)
            running.terminate()


def _until_up(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("nginx did not start")


def test_a_link_opens_behind_it_and_leaves_no_trace(front: Front) -> None:
    path = front.behind.link("maya").removeprefix(f"https://{NAME}")
    answer = front.ask(path)
    assert (answer.status, answer.getheader("location")) == (303, "/desk/crumb")
    cookie = str(answer.getheader("set-cookie"))
    assert "Secure" in cookie
    desk = front.ask("/desk/crumb", headers={"Cookie": cookie.partition(";")[0]})
    assert desk.status == 200
    assert desk.getheader("strict-transport-security")
    assert front.ask(path + "/").getheader("location") == "/desk/crumb"
    time.sleep(0.2)
    logs = "".join(file.read_text("utf-8", "replace") for file in front.folder.glob("oversight.*"))
    assert path[3:40] not in logs.replace((front.folder / "oversight.conf").read_text("utf-8"), "")


def test_what_machines_ask_stays_inside(front: Front) -> None:
    assert front.ask("/healthz").status == 404
    assert front.ask("/metrics").status == 404


@pytest.mark.fault(41)
@pytest.mark.parametrize("first", [b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "], ids=["idle", "half-sent"])
def test_a_crowd_in_front_of_it_shuts_nobody_out(front: Front, first: bytes) -> None:
    front.ask("/")
    lines = []
    for _ in range(205):
        plain = socket.create_connection(
            ("127.0.0.1", front.port), timeout=10, source_address=("127.0.0.2", 0)
        )
        line = front.trust.wrap_socket(plain, server_hostname=NAME)
        line.sendall(first)
        lines.append(line)
    begun = time.perf_counter()
    statuses = [front.ask("/").status for _ in range(5)]
    assert statuses == [200] * 5
    assert (time.perf_counter() - begun) / 5 < 0.2
    for line in lines:
        line.close()
