"""docs/tour.md, walked: one post really goes the way, through the functions that the page links to, in that order."""

from __future__ import annotations

import ast
import html
import re
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from types import FrameType
from typing import Any

import httpx2 as httpx
import pytest
from fault_stage import brand_file, environment, make_home
from mail_servers import Inbox, smtp_server

from bot.daemon import Daemon
from bot.sandbox import Sandbox, SandboxClock, story_of, timeline
from bot.wiring import build_work, opened_store

ROOT = Path(__file__).resolve().parents[1]
TOUR = ROOT / "docs" / "tour.md"
STOPS = re.findall(r"\[`([\w.]+)`\]\(\.\./([\w/]+\.py)\)", TOUR.read_text(encoding="utf-8"))


def test_the_tour_has_ten_stops() -> None:
    assert len(STOPS) == 10


@pytest.mark.parametrize(("name", "path"), STOPS)
def test_a_stop_is_there(name: str, path: str) -> None:
    assert name in set(functions(ast.parse((ROOT / path).read_text(encoding="utf-8"))))


def functions(node: ast.AST, inside: str = "") -> Iterator[str]:
    """Names of all functions and methods, as Python writes them: ``Class.method``."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef):
            yield inside + child.name
            yield from functions(child, f"{inside}{child.name}.")


class Walk:
    """Follows the stops one after the other, whichever thread makes the calls."""

    def __init__(self) -> None:
        self._next = iter(STOPS)
        self._wanted = next(self._next, None)
        self.seen: list[str] = []

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and self._wanted and frame.f_code.co_qualname == self._wanted[0]:
            name, path = self._wanted
            if frame.f_code.co_filename == str(ROOT / path):
                self.seen.append(name)
                self._wanted = next(self._next, None)


@contextmanager
def watched() -> Iterator[Walk]:
    walk = Walk()
    threading.setprofile(walk)
    sys.setprofile(walk)
    try:
        yield walk
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def test_a_post_goes_the_way_in_this_order(tmp_path: Path) -> None:
    """X, mail server, pages and store are real, each on loopback; the owner is a browser without a screen."""
    story = story_of(*timeline(1, text="Your card 4111 1111 1111 1111 has been charged"))
    inbox, listen = Inbox(), free_port()
    with (
        watched() as walk,
        Sandbox(story, SandboxClock(story.start + timedelta(hours=1))) as box,
        smtp_server(inbox) as port,
    ):
        home = make_home(tmp_path, environment(box, port, listen), brand_file(policies=["starter"]))
        with opened_store(home) as store:
            work = build_work(home, store, clock=box.clock)
            daemon = Daemon(home, work)
            daemon.scheduler.plan(box.clock.now())
            daemon.scheduler.run_due(box.clock.now())
            server = daemon.pages()
            try:
                accept(link_in(inbox, "olive@example.org"))
            finally:
                server.stop()
            (view,) = store.cases.find("example")
    assert view.case.closed
    assert walk.seen == [name for name, _ in STOPS]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def link_in(inbox: Inbox, reader: str) -> str:
    """The link below the one post in the mail to somebody."""
    (taken,) = [taken for taken in inbox.taken if taken.rcpt_tos == [reader]]
    part = message_from_bytes(taken.content, policy=policy.default).get_body(("plain",))
    assert part is not None
    return [word for word in part.get_content().split() if "/l/" in word][-1]


def accept(link: str) -> None:
    """What the owner's thumb does: open the link, look at the case, let it pass."""
    origin = link.partition("/l/")[0]
    with httpx.Client(follow_redirects=True, headers={"Origin": origin}) as browser:
        page = browser.get(link)
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text)
        form = {name: html.unescape(value) for name, value in hidden} | {"action": "accept", "note": ""}
        answer = browser.post(page.url, data=form)
        assert answer.status_code == 200, answer.text
