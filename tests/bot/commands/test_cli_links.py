"""Links from the command line: made, used over HTTP, listed, revoked, refused."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import requests
from cli_stage import Cli

from bot.links import Purpose
from bot.queue.embedded import EmbeddedQueue
from bot.settings.home import load_home
from bot.web.app import create_app
from bot.web.server import serve
from bot.wiring import brand_infos, links_for, opened_store, utc_now


@contextmanager
def pages(cli: Cli) -> Iterator[str]:
    """The pages of the home folder over loopback; their address."""
    home = load_home(cli.home, {})
    with opened_store(home) as store:
        app = create_app(
            store=store,
            queue=EmbeddedQueue(store),
            links=links_for(home.service),
            brands=brand_infos(home),
            clock=utc_now,
            health=lambda: {"ok": True},
            metrics=lambda: b"",
            secure_cookies=False,
        )
        server = serve(app, "127.0.0.1", 0)
        try:
            yield f"http://127.0.0.1:{server.port}"
        finally:
            server.stop()


def listed(cli: Cli, *more: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in cli("link", "list", "--format", "jsonl", *more).stdout.splitlines()]


def wait_for(look: Callable[[], list[dict[str, object]]]) -> list[dict[str, object]]:
    """What is to be seen soon: visits are counted after the page has left."""
    for _ in range(200):
        if found := look():
            return found
        time.sleep(0.02)
    return look()


def test_a_link_is_made_used_listed_revoked_and_refused(cli: Cli) -> None:
    cli.set_up()
    assert cli("link", "list").stdout.strip() == "No link is out."
    token = cli("link", "tk").stdout.strip().rpartition("/")[2]
    other = cli("link", "make", "maya").stdout.strip().rpartition("/")[2]
    with pages(cli) as address, requests.Session() as browser:
        assert browser.get(f"{address}/l/{token}").status_code == 200
        (agency,) = wait_for(lambda: [line for line in listed(cli) if line["uses"]])
        assert (agency["person"], agency["role"], agency["purpose"], agency["uses"]) == (
            "tk",
            "agency",
            "queue",
            1,
        )
        assert datetime.fromisoformat(str(agency["last_used_at"])).utcoffset() is not None
        assert "opens nothing any more" in cli("link", "revoke", str(agency["id"])).stdout
        assert browser.get(f"{address}/queue/bakery").status_code == 403
        assert requests.get(f"{address}/l/{token}").status_code == 403
        assert requests.get(f"{address}/l/{other}", allow_redirects=False).status_code == 303
    assert [line["person"] for line in listed(cli)] == ["maya"]
    assert {line["person"]: bool(line["revoked_at"]) for line in listed(cli, "--all")} == {
        "maya": False,
        "tk": True,
    }


def test_the_list_is_readable_and_shows_no_token(cli: Cli) -> None:
    cli.set_up()
    token = cli("link", "tk").stdout.strip().rpartition("/")[2]
    shown = cli("link", "list").stdout
    assert "tk" in shown
    assert "queue" in shown
    assert token not in shown
    assert token.encode() not in (cli.home / "oversight.db").read_bytes()


def test_what_cannot_be_revoked_is_said_with_the_mend(cli: Cli) -> None:
    cli.set_up()
    result = cli("link", "revoke", "nothing")
    assert result.exit_code == 2
    assert "oversight link list" in result.stderr


def test_staff_have_no_page() -> None:
    assert {purpose.role.value for purpose in Purpose} == {"agency", "owner"}
