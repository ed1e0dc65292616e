"""Headers, the log, and pages for what goes wrong."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from starlette.testclient import TestClient
from web_client import OURS, enter, form
from web_seed import ANNA, KIT, NOW, flagged, post, seed_day, url_for

from bot.links import Links, Purpose
from bot.queue.embedded import EmbeddedQueue
from storage.store import Store


def test_every_answer_is_shielded(client: TestClient, links: Links) -> None:
    home = enter(client, links)
    for path in (home, "/", "/nowhere", "/l/x", "/healthz", "/robots.txt"):
        headers = client.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert "noindex" in headers["x-robots-tag"]
        assert headers["referrer-policy"] in {"same-origin", "no-referrer"}


def test_no_page_needs_a_script_or_another_host(client: TestClient, links: Links, store: Store) -> None:
    numbers = seed_day(store)
    home = enter(client, links, ANNA, Purpose.DESK)
    for path in (home, f"{home}/case/{numbers['urgent']}", f"{home}/status", "/", "/nowhere"):
        page = client.get(path).text
        assert "<script" not in page
        assert not re.search(r"\son\w+=", page)
        assert not re.search(r'(src|action)="(https?:)?//', page)
        assert 'style="' not in page


def test_the_style_is_served_and_kept(client: TestClient) -> None:
    (path,) = re.findall(r'rel="stylesheet" href="([^"]+)"', client.get("/").text)
    answer = client.get(path)
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.fault(25)
def test_no_token_reaches_the_log(
    client: TestClient, links: Links, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    url = url_for(links, KIT, Purpose.QUEUE)
    token = url.rpartition("/")[2]
    client.get(url)
    for bent in (f"/l/{token}/", f"/L/{token}", f"/l/{token}%0Aforged", f"/queue/lumen?t={token}"):
        client.get(bent)
    lines = capsys.readouterr().out
    assert lines.count("request") == 5
    assert token[:30] not in lines
    assert "/l/{token}" in lines


def test_pages_of_errors_are_pages(client: TestClient) -> None:
    answer = client.get("/wp-login.php")
    assert answer.status_code == 404
    assert "<h1" in answer.text


def fill_the_disk(store: Store) -> None:
    """From now on the store's file may not grow, as on a full disk."""

    def connected(connection: Any, _record: Any) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count={pages}")

    store.backend.engine.dispose()
    event.listen(store.backend.engine, "connect", connected)


def test_a_full_disk_keeps_the_typed_text(client: TestClient, links: Links, store: Store) -> None:
    number = flagged(store, post(1, "We guarantee it"), "guarantee")
    path = f"{enter(client, links)}/case/{number}"
    words = "Typing <3 " * 399
    filled = form(client, path, action="answer", note=words)
    fill_the_disk(store)
    while (answer := client.post(path, data=filled, headers=OURS)).status_code == 303:
        filled = form(client, path, action="answer", note=words)  # until the free pages are used up
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "60"
    assert "Typing &lt;3 " * 399 in answer.text
    assert "Nothing was changed" in answer.text


def test_our_own_mistake_is_a_page_too(store: Store, links: Links, clock: Any) -> None:
    from bot.web.app import create_app

    app = create_app(
        store=store, queue=EmbeddedQueue(store), links=links, brands={}, clock=clock, health=dict, metrics=lambda: b"",
        secure_cookies=False,
    )  # fmt: skip
    answer = TestClient(app, raise_server_exceptions=False).get("/healthz")
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.text
    assert "KeyError" not in answer.text


def test_a_form_sent_too_late_shows_what_was_typed(
    client: TestClient, links: Links, store: Store, clock: Any
) -> None:
    number = flagged(store, post(1, "We guarantee it"), "guarantee")
    path = f"{enter(client, links)}/case/{number}"
    filled = form(client, path, action="answer", note="An hour of typing <3")
    clock.now = NOW + timedelta(days=8)
    answer = client.post(path, data=filled, headers=OURS)
    assert answer.status_code == 403
    assert "An hour of typing &lt;3" in answer.text
