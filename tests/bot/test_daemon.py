"""The daemon: one per store, a clean end, and a full disk that heals by itself."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from bot_stage import eventually, free_port, health, oversight
from fault_stage import KeptMail, brand_file, make_home, sound, working

from bot.daemon import Daemon
from bot.sandbox import Sandbox, SandboxClock, story_of, timeline


@pytest.mark.fault(6)
def test_one_service_runs_a_second_is_refused_with_the_reason_and_sigterm_ends_cleanly(
    tmp_path: Path,
) -> None:
    port, canary = free_port(), "canary-smtp-password"
    env = {
        "OVERSIGHT_LISTEN_PORT": str(port),
        "OVERSIGHT_BASE_URL": f"http://127.0.0.1:{port}",
        "OVERSIGHT_SMTP_HOST": "127.0.0.1",
        "OVERSIGHT_SMTP_PORT": "1",
        "OVERSIGHT_SMTP_USER": "me",
        "OVERSIGHT_SMTP_PASSWORD": canary,
        "OVERSIGHT_SMTP_SECURITY": "none",
        "X_BEARER_TOKEN": "canary-x-token",
        "X_API_URL": "http://127.0.0.1:1",
    }
    make_home(tmp_path, env, brand_file(policies=["starter"]))
    first = oversight(tmp_path, "run")
    try:
        # red or green: its account cannot be read, which it may know already
        eventually(lambda: first.poll() is not None or health(port)[0] > 0, "the pages never came up")
        second = oversight(tmp_path, "run")
        out, refused = second.communicate(timeout=120)
        assert second.returncode == 2, out + refused
        assert f"Another daemon works on this store (process {first.pid}" in refused
        assert "Traceback" not in refused
        metrics = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10).read()
        assert b'oversight_messages{state="pending"}' in metrics
        assert b"canary" not in metrics
        first.send_signal(signal.SIGTERM)
        _, said = first.communicate(timeout=120)
    finally:
        first.kill()
    assert first.returncode == 0, said
    logged = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert {"started", "ending", "stopped"} <= {event["event"] for event in logged}
    assert "canary" not in said
    assert sound(tmp_path / "oversight.db")
    assert health(port)[0] == 0


@pytest.fixture
def unlogged() -> Iterator[None]:
    """Log lines go nowhere: the test runner keeps them in a file, which could not grow either."""
    with Path(os.devnull).open("w") as nowhere:
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(nowhere))
        yield
        structlog.reset_defaults()


@contextmanager
def disk_full(most: int = 4096) -> Iterator[None]:
    """No file of this process may grow past this many bytes: what a full disk does to a store."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.fault(10)
def test_a_full_disk_turns_health_red_and_everything_goes_on_when_there_is_room(
    tmp_path: Path, unlogged: None
) -> None:
    story = story_of(*timeline(150))
    with Sandbox(story, SandboxClock(story.end)) as box:
        env = {"X_BEARER_TOKEN": box.fake("x").keys.bearer_token, "OVERSIGHT_LISTEN_PORT": "0"}
        home = make_home(tmp_path, env, brand_file(policies=["starter"]))
        with working(home, box.clock, channel=KeptMail(), x_url=box.url("x")) as work:
            daemon = Daemon(home, work, tick=timedelta(milliseconds=100))
            work.store.upkeep.ping()
            with disk_full(), daemon.pages() as pages:
                status, report = health(pages.port)
                assert status == 503
                assert report["ok"] is False
                assert "The disk took no more" in str(report["problems"])
            with daemon:
                port = daemon._server.port
                eventually(lambda: len(known(work)) == 150, "the posts were not read")
                eventually(lambda: daemon.scheduler.idle, "the daemon is never done")
                box.clock.advance(timedelta(hours=2))
                with disk_full():
                    eventually(lambda: health(port)[0] == 503, "health stayed green on a full disk")
                eventually(lambda: health(port)[0] == 200, "it did not go on by itself")
                box.clock.advance(timedelta(hours=30))
                eventually(
                    lambda: bool(work.store.digests.find("example")), "no digest after the disk had room"
                )
            assert work.store.upkeep.integrity() == []
    assert sound(tmp_path / "oversight.db")


def known(work) -> set[str]:  # type: ignore[no-untyped-def]
    posts = work.store.periods.threads(
        "example", since=datetime(2020, 1, 1, tzinfo=UTC), until=datetime(2030, 1, 1, tzinfo=UTC), limit=1000
    )
    return {p.key.external_id for view in posts for p in view.thread.posts}


def test_pages_that_cannot_have_their_port_end_the_service_with_the_reason(tmp_path: Path) -> None:
    from bot.errors import ConfigError

    with socket.create_server(("127.0.0.1", 0)) as taken:
        home = make_home(
            tmp_path, {"OVERSIGHT_LISTEN_PORT": str(taken.getsockname()[1])}, brand_file(accounts=[])
        )
        with working(home, lambda: datetime.now(UTC), channel=KeptMail()) as work:
            daemon = Daemon(home, work)
            with pytest.raises(ConfigError, match="Choose another host or port"), daemon:
                pass


def test_the_lock_dies_with_its_process(tmp_path: Path) -> None:
    from bot.daemon import only_one

    home = make_home(tmp_path, {}, brand_file(accounts=[]))
    with working(home, lambda: datetime.now(UTC), channel=KeptMail()) as work:
        child = os.fork()
        if child == 0:
            with only_one(work):
                os.kill(os.getpid(), signal.SIGKILL)
        os.waitpid(child, 0)
        with only_one(work):
            pass
