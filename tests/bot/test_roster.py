"""Whoever is taken out of brand.yaml loses access at once: links, sessions and mails, without a restart."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import bot_stage  # noqa: F401 -- finds the stage
import pytest
import yaml
from fault_stage import KeptMail, brand_file, make_home, working
from starlette.testclient import TestClient

from bot.daemon import Daemon
from bot.health import Health
from bot.jobs.digest import digest, make, send_now
from bot.jobs.outbox import outbox
from bot.jobs.work import Work
from bot.settings.home import Home
from storage.views import MessageState

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
TOM = {"id": "tom", "name": "Tom", "role": "owner", "email": "tom@example.org"}
PEOPLE = [*brand_file()["people"], TOM]
FILE = "brands/example.yaml"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return make_home(tmp_path, {}, brand_file(accounts=[], people=PEOPLE))


@pytest.fixture
def mail() -> KeptMail:
    return KeptMail()


@pytest.fixture
def work(home: Home, mail: KeptMail) -> Iterator[Work]:
    with working(home, lambda: NOW, channel=mail) as made:
        yield made


@pytest.fixture
def client(home: Home, work: Work) -> TestClient:
    app = Daemon(home, work)._app
    return TestClient(app, base_url=home.service.base_url, follow_redirects=False)


def stand(home: Home, *ids: str, **changes: Any) -> None:
    """Write the brand's file with these people alone."""
    people = [person for person in PEOPLE if person["id"] in ids]
    write(home, yaml.safe_dump(brand_file(accounts=[], people=people, **changes)))


def write(home: Home, text: str) -> None:
    path = home.path / FILE
    path.write_text(text, encoding="utf-8")
    later = time.time_ns() + 1_000_000
    os.utime(path, ns=(later, later))


@pytest.mark.fault(43)
def test_links_and_sessions_end(home: Home, work: Work, client: TestClient) -> None:
    link, other = (work.link("example", person, "desk", None) for person in ("tom", "owner"))
    assert client.get(link).status_code == 303
    assert client.get("/desk/example").status_code == 200
    stand(home, "owner", "agency")
    assert client.get("/desk/example").status_code == 403
    assert client.get(link).status_code == 403
    assert client.get(other).status_code == 303


@pytest.mark.fault(43)
def test_old_links_do_not_open_for_whoever_has_the_name_later(
    home: Home, work: Work, client: TestClient
) -> None:
    link = work.link("example", "tom", "desk", None)
    stand(home, "owner")
    assert client.get(link).status_code == 403
    stand(home, "owner", "tom")
    assert client.get(link).status_code == 403
    assert client.get(work.link("example", "tom", "desk", None)).status_code == 303


@pytest.mark.fault(43)
def test_waiting_mails_are_not_sent(home: Home, work: Work, mail: KeptMail) -> None:
    send_now(work, "example", NOW)
    stand(home, "owner", "agency")
    outbox(work, NOW)
    assert b"olive@example.org" in b"".join(mail.sent)
    assert b"tom@example.org" not in b"".join(mail.sent)
    (dead,) = work.store.outbox.find("example", [MessageState.DEAD])
    assert dead.recipients == ("tom@example.org",)
    assert "file" in dead.detail


@pytest.mark.fault(43)
@pytest.mark.parametrize("how", ["no owner", "no people", "no file", "nonsense"])
def test_a_file_that_loses_its_owner_is_a_clear_state(
    home: Home, work: Work, client: TestClient, mail: KeptMail, how: str
) -> None:
    link = work.link("example", "owner", "desk", None)
    send_now(work, "example", NOW)
    if how == "no owner":
        stand(home, "agency")
    elif how == "no people":
        stand(home)
    elif how == "no file":
        (home.path / FILE).unlink()
    else:
        write(home, "people:\n  - 7\n  - {id: owner, role: king}\n")
    assert client.get(link).status_code == 403
    outbox(work, NOW)
    assert mail.sent == []
    assert "names no owner" in " ".join(Health(work).report()["problems"])
    later = NOW + timedelta(days=1)
    digest(work, "example", NOW)
    assert "names no owner" in str(digest(work, "example", later).error)
    assert work.store.digests.last("example") is None or how


@pytest.mark.fault(43)
def test_an_owner_who_comes_back_is_told_what_was_held(home: Home, work: Work, mail: KeptMail) -> None:
    digest(work, "example", NOW)
    stand(home, "agency")
    assert digest(work, "example", NOW + timedelta(days=1)).error
    stand(home, "owner", "agency")
    assert not digest(work, "example", NOW + timedelta(days=2)).error
    newest = work.store.digests.last("example")
    assert newest is not None
    outbox(work, NOW + timedelta(days=2))
    assert len(mail.sent) == 1


@pytest.mark.fault(43)
def test_a_file_that_cannot_be_read_changes_nothing_and_is_said(
    home: Home, work: Work, client: TestClient
) -> None:
    link = work.link("example", "owner", "desk", None)
    write(home, "people: [")
    assert client.get(link).status_code == 303
    assert "cannot be read" in " ".join(Health(work).report()["problems"])
    stand(home, "agency")
    assert client.get(link).status_code == 403
    assert "cannot be read" not in " ".join(Health(work).report()["problems"])


def test_nobody_is_let_go_for_a_file_that_was_only_touched(
    home: Home, work: Work, client: TestClient
) -> None:
    link = work.link("example", "owner", "desk", None)
    stand(home, "owner", "agency", "tom")
    assert client.get(link).status_code == 303
    assert not [line for line in work.store.audit.find(None, limit=50) if line.action == "person taken off"]


def test_a_revoked_link_is_out_at_once(work: Work, client: TestClient) -> None:
    link = work.link("example", "owner", "desk", None)
    assert client.get(link).status_code == 303
    assert client.get("/desk/example").status_code == 200
    work.store.links.revoke("example", work.store.links.find("example")[0].id, now=NOW)
    assert client.get("/desk/example").status_code == 403


def test_a_digest_by_hand_without_readers_is_refused(home: Home, work: Work) -> None:
    stand(home, "agency")
    config = work.brands["example"]
    assert not make(work, config, slot="s", since=NOW - timedelta(days=1), until=NOW, now=NOW)
