"""A platform, or somebody in its place, that answers with bombs, without an end, or too slowly."""

from __future__ import annotations

import gzip
import itertools
import json
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from benchmarks.attacks.frame import Cost, Outcome, attack, measured
from bot.connectors.reddit.client import RedditCredentials
from bot.connectors.reddit.connector import RedditConnector
from bot.connectors.x.client import XCredentials
from bot.connectors.x.connector import XConnector
from bot.errors import PlatformError
from bot.ports import AccountRef, Connector

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
MOST_CALLS = 600  #: after so many pages without an end a pull counts as endless

#: path and number of the call -> body, its Content-Encoding
Answers = Callable[[str, int], tuple[bytes, str]]


class Generous:
    """Money plays no part here."""

    def reads(self, resource: str, *, owned: bool) -> int | None:  # noqa: ARG002 -- the shape of an Allowance
        """As many as there are."""
        return None


@contextmanager
def hostile(answers: Answers, *, drip: bool = False) -> Iterator[tuple[str, list[str]]]:
    """A platform that answers so; its address, and the paths that were asked for."""
    asked: list[str] = []
    ended = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            body, encoding = answers(self.path, len(asked))
            if drip:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while not ended.wait(1):
                    self.wfile.write(b"a")
                return
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if encoding:
                self.send_header("Content-Encoding", encoding)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 -- the name that http.server looks for

        def log_message(self, *_: Any) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            ended.set()
            server.shutdown()


TOKEN = json.dumps({"access_token": "t", "token_type": "bearer", "expires_in": 86400, "scope": "*"}).encode()


def connector(site: str, address: str) -> Connector:
    """The real connector of a platform, led here."""
    if site == "x":
        return XConnector(XCredentials(bearer_token="b"), base_url=address)
    keys = RedditCredentials(client_id="id", client_secret="secret")
    return RedditConnector(keys, base_url=address)


def pulled(site: str, address: str) -> tuple[int, str]:
    """Pull one stream; how many posts came, and the code or the name of the error that ended it."""
    stream = {"x": "own", "reddit": "comments"}[site]
    ref = AccountRef(brand="crumb", platform=site, handle="crumb")
    cursor = {"user_id": "7"} if site == "x" else None
    posts = 0
    try:
        for page in connector(site, address).pull(ref, stream, cursor, Generous(), NOW):
            posts += len(page.posts)
    except PlatformError as error:
        return posts, error.code
    except Exception as error:  # noqa: BLE001 -- what the jobs do not expect ends them
        return posts, type(error).__name__
    return posts, ""


def _served(site: str, body: bytes, encoding: str) -> Answers:
    """The same answer for everything but what is asked on the way."""

    def answers(path: str, _call: int) -> tuple[bytes, str]:
        if "access_token" in path:
            return TOKEN, ""
        if site == "x" and "/users/by/" in path:
            return b'{"data":{"id":"7","username":"crumb","name":"Crumb"}}', ""
        return body, encoding

    return answers


@cache
def bomb(layers: int) -> bytes:
    """Eleven hundred million bytes of JSON in about a megabyte; in further layers in a few kilobytes."""
    spaces, times, data = b" " * 1_000_000, 1100, b'{"data":[]}'
    one, last = zlib.compressobj(9, wbits=-15), zlib.compressobj(9, wbits=-15)
    piece = one.compress(spaces) + one.flush(
        zlib.Z_FULL_FLUSH
    )  # which leaves no memory, so that it can be repeated
    check = 0
    for _ in range(times):
        check = zlib.crc32(spaces, check)
    ending = struct.pack("<II", zlib.crc32(data, check), len(spaces) * times + len(data))
    body = b"\x1f\x8b\x08" + bytes(7) + piece * times + last.compress(data) + last.flush() + ending
    for _ in range(layers - 1):
        body = gzip.compress(body)
    return body


def _against_bomb(site: str, body: bytes, encoding: str) -> Outcome:
    with hostile(_served(site, body, encoding)) as (address, _):
        cost, result = measured(lambda: pulled(site, address))
    return _outcome(cost, result, sent=len(body))


def _outcome(cost: Cost, result: Any, **seen: Any) -> Outcome:
    code = result[1] if isinstance(result, tuple) else type(result).__name__
    said = bool(code) and code[0].islower()
    return Outcome(held=cost.bearable and said, seen={**cost.seen(), "said": code, **seen})


@attack("platforms: x sends a bomb in gzip")
def x_bomb(_: Path) -> Outcome:
    """X answers a pull with 1.1 MB of gzip that hold 1.1 GB."""
    return _against_bomb("x", bomb(1), "gzip")


@attack("platforms: reddit sends a bomb in gzip")
def reddit_bomb(_: Path) -> Outcome:
    """Reddit answers a pull with 1.1 MB of gzip that hold 1.1 GB."""
    return _against_bomb("reddit", bomb(1), "gzip")


@attack("platforms: a bomb in two layers")
def two_layers(_: Path) -> Outcome:
    """X answers with gzip in gzip: a few kilobytes that hold 1.1 GB."""
    return _against_bomb("x", bomb(2), "gzip, gzip")


@attack("platforms: a bomb in five layers")
def five_layers(_: Path) -> Outcome:
    """X answers with gzip five times over."""
    return _against_bomb("x", bomb(5), ", ".join(["gzip"] * 5))


@attack("platforms: a refusal that is a bomb")
def refused_by_bomb(_: Path) -> Outcome:
    """Reddit's answer to the request for a token is the bomb."""
    body = bomb(1)
    with hostile(lambda _path, _call: (body, "gzip")) as (address, _asked):
        cost, result = measured(lambda: pulled("reddit", address))
    return _outcome(cost, result)


@attack("platforms: two megabytes of empty objects")
def countless(_: Path) -> Outcome:
    """X answers with 700,000 empty objects in 2 MB of JSON: text that becomes forty times its size in memory."""
    return _against_bomb("x", b'{"data":[' + b",".join([b"{}"] * 690_000) + b"]}", "")


@attack("platforms: two megabytes of nesting")
def nested(_: Path) -> Outcome:
    """X answers with a million brackets within one another."""
    return _against_bomb("x", b"[" * 1_000_000 + b"]" * 1_000_000, "")


@attack("platforms: headers a byte a second")
def dripping(_: Path) -> Outcome:
    """X takes the request and sends its headers byte by byte, one each second, without an end."""
    with hostile(lambda _path, _call: (b"", ""), drip=True) as (address, _asked):
        worker = threading.Thread(target=pulled, args=("x", address), daemon=True)
        begun = time.monotonic()
        worker.start()
        worker.join(60)
        return Outcome(held=not worker.is_alive(), seen={"after_s": round(time.monotonic() - begun, 1)})


@attack("platforms: x pages without an end")
def x_endless(_: Path) -> Outcome:
    """Each page of X has new posts and a token for one more."""
    newest = int((NOW - timedelta(hours=1)).timestamp() * 1000) - 1_288_834_974_657 << 22
    ids = itertools.count(newest, -1)

    def page(_path: str, call: int) -> tuple[bytes, str]:
        posts = [
            {"id": str(next(ids)), "text": "more", "author_id": "7", "created_at": "2026-11-01T12:00:00.000Z"}
            for _ in range(5)
        ]
        return json.dumps({"data": posts, "meta": {"next_token": f"t{call}"}}).encode(), ""

    return _endless("x", page)


@attack("platforms: x empty pages without an end")
def x_empty_endless(_: Path) -> Outcome:
    """Each page of X is empty and has a token for one more."""
    return _endless("x", lambda _path, call: (f'{{"meta":{{"next_token":"t{call}"}}}}'.encode(), ""))


@attack("platforms: reddit pages without an end")
def reddit_endless(_: Path) -> Outcome:
    """Each page of Reddit has a new comment and a name for one more."""

    def page(_path: str, call: int) -> tuple[bytes, str]:
        said = {
            "name": f"t1_{call}",
            "id": str(call),
            "body": "more",
            "author": "crumb",
            "created_utc": (NOW - timedelta(hours=1)).timestamp(),
            "link_id": "t3_1",
            "parent_id": "t3_1",
            "permalink": "/r/a/1",
            "subreddit": "a",
        }
        children = [{"kind": "t1", "data": said}]
        return json.dumps(
            {"kind": "Listing", "data": {"children": children, "after": f"t1_{call}"}}
        ).encode(), ""

    return _endless("reddit", page)


def _endless(site: str, page: Answers) -> Outcome:
    def answers(path: str, call: int) -> tuple[bytes, str]:
        if "access_token" in path:
            return TOKEN, ""
        if call > MOST_CALLS:
            return b"that is enough", ""
        return page(path, call)

    with hostile(answers) as (address, asked):
        posts, code = pulled(site, address)
    return Outcome(
        held=len(asked) <= MOST_CALLS and code == "endless",
        seen={"calls": len(asked), "posts": posts, "said": code},
    )
