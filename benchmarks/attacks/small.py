"""Small things: control characters, huge numbers, foreign hosts, what travels in headers."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from benchmarks.attacks.frame import Outcome, attack
from benchmarks.attacks.stage import BRAND, make_home, oversight, page, service

WORDS = "sorry\x1b]0;owned\x07\x1b[2J\x9b1A\u202egone"
X = {**BRAND, "accounts": [{"platform": "x", "handle": "crumb", "every": "1h"}]}


@attack("small: escape codes in a platform's error")
def escape_codes(folder: Path) -> Outcome:
    """X refuses with words that clear a terminal and set its title; pull and doctor print them."""

    class Refusing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"title": WORDS, "detail": WORDS}).encode()
            self.send_response(403)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        make_home(folder, brand=X, X_BEARER_TOKEN="token", X_API_URL=address)
        runs = [oversight(folder, "pull"), oversight(folder, "doctor")]
        server.shutdown()
    text = "".join(run.stdout + run.stderr for run in runs)
    raw = sorted({hex(ord(sign)) for sign in text if sign in "\x1b\x07\x9b\u202e"})
    return Outcome(held="sorry" in text and not raw, seen={"quoted": "sorry" in text, "raw": raw})


@attack("small: huge numbers of cases")
def huge_numbers(folder: Path) -> Outcome:
    """Cases 2^63, 2^64, of 5,000 digits and -1 are asked for on a page and by the command line."""
    numbers = [str(2**63 - 1), str(2**63), str(2**64), "9" * 5000, "-1"]
    with service(folder) as running:
        path = running.link("maya").removeprefix(running.origin)
        cookie = page(running.port, path).headers.get("set-cookie", "").partition(";")[0]
        asked = [
            page(running.port, f"/desk/crumb/case/{number}", headers={"Cookie": cookie}).status
            for number in numbers
        ]
        shown = [oversight(folder, "case", "show", "--", number) for number in numbers[:3]]
        log = (folder / "service.log").read_text("utf-8", "replace")
    broke = "Traceback" in log + "".join(run.stderr for run in shown)
    return Outcome(
        held=set(asked) == {404} and not broke,
        seen={"statuses": asked, "traceback": broke, "command": [run.returncode for run in shown]},
    )


@attack("small: a redirect to a foreign host")
def foreign_host(folder: Path) -> Outcome:
    """Addresses with a slash too many are asked for with somebody else's name in the Host header."""
    with service(folder) as running:
        answers = [
            page(running.port, path, headers={"Host": "evil.example"})
            for path in ("/queue/crumb/", "/desk/crumb/", "//evil.example/", "/healthz/", "/l/x/")
        ]
    led = [one.headers.get("location", "") for one in answers]
    return Outcome(
        held=not any("evil" in where for where in led),
        seen={"statuses": [a.status for a in answers], "led": led},
    )


@attack("small: links in Referer and in caches")
def referer(folder: Path) -> Outcome:
    """The answers to a link, a bent link and a page are read for what browsers pass on and caches keep."""
    with service(folder) as running:
        path = running.link("maya").removeprefix(running.origin)
        link, bent = page(running.port, path), page(running.port, path + "x")
        cookie = link.headers.get("set-cookie", "").partition(";")[0]
        desk = page(running.port, "/desk/crumb", headers={"Cookie": cookie})
    policies = [one.headers.get("referrer-policy") for one in (link, bent, desk)]
    kept = [one.headers.get("cache-control") for one in (link, bent, desk)]
    held = policies == ["no-referrer", "no-referrer", "same-origin"] and set(kept) == {"no-store"}
    return Outcome(held=held, seen={"referrer_policy": policies, "cache_control": kept})
