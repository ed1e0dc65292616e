"""`oversight pull` never says that it read to the end where it left something unread."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from benchmarks.attacks.stage import BRAND, make_home, oversight

X = {**BRAND, "accounts": [{"platform": "x", "handle": "crumb", "every": "1h"}]}
POST = {"text": "Loaf", "author_id": "17", "created_at": "2026-11-01T12:00:00.000Z"}


NEWEST = int((time.time() - 3600) * 1000) - 1_288_834_974_657 << 22  # an id of X, an hour old
ODD = [(f"-{NEWEST + 1}", "but for 1"), (f"{NEWEST + 1}", "to the end")]


@pytest.mark.parametrize(("odd", "said"), ODD, ids=["unread", "read"])
def test_what_could_not_be_read_is_said(tmp_path: Path, odd: str, said: str) -> None:
    class Serving(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer: dict[str, Any] = {"meta": {"result_count": 0}}
            if "/users/by" in self.path:
                answer = {"data": {"id": "17", "username": "crumb", "name": "Crumb"}}
            elif "/tweets" in self.path:
                posts = [{**POST, "id": odd}, {**POST, "id": str(NEWEST)}]
                answer = {"data": posts, "meta": {"result_count": 2}}
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Serving) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        make_home(tmp_path, brand=X, X_BEARER_TOKEN="token", X_API_URL=address)
        done = oversight(tmp_path, "pull")
        server.shutdown()
    assert said in done.stdout, done.stderr[-500:]
    assert done.returncode == ("but" in said)
