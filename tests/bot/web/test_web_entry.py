"""Coming in: links become cookies, and whatever is wrong with one, the answer is the same."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from web_client import enter, state, step
from web_seed import ANNA, BRAND, KIT, NOW, OWN, STAFF, flagged, post, seed_day, url_for

from bot.links import Links, Purpose
from bot.queue.embedded import EmbeddedQueue
from policies.model.cases.flagged import FlaggedState
from policies.model.people import Person
from storage.store import Store


def test_a_link_becomes_a_cookie_for_its_own_pages_only(client: TestClient, links: Links) -> None:
    answer = client.get(url_for(links, KIT, Purpose.QUEUE))
    assert answer.status_code == 303
    assert answer.headers["location"] == "/queue/lumen"
    assert answer.headers["referrer-policy"] == "no-referrer"
    cookie = answer.headers["set-cookie"]
    for part in ("HttpOnly", "SameSite=lax", "Path=/queue/lumen", f"Max-Age={7 * 86_400}"):
        assert part in cookie


@pytest.mark.parametrize(
    ("who", "purpose", "more", "lands"),
    [
        (KIT, Purpose.QUEUE, {}, "/queue/lumen"),
        (ANNA, Purpose.DESK, {}, "/desk/lumen"),
        (ANNA, Purpose.CASE, {"case": 1}, "/case/lumen/1"),
    ],
)
def test_each_purpose_has_its_own_home(
    client: TestClient, links: Links, store: Store, who: Person, purpose: Purpose, more: Any, lands: str
) -> None:
    flagged(store, post(1, "We guarantee it"), "guarantee")
    assert enter(client, links, who, purpose, **more) == lands
    assert client.get(lands).status_code == 200


def bad_tokens(links: Links, store: Store) -> dict[str, str]:
    good = url_for(links, KIT, Purpose.QUEUE).rpartition("/")[2]
    revoked = url_for(links, KIT, Purpose.QUEUE)
    grant = links.open(revoked.rpartition("/")[2], now=NOW, is_revoked=lambda _id: False)
    store.links.put(grant.issued(NOW))
    store.links.revoke(BRAND, grant.link_id, now=NOW)
    old = links.address(
        links.grant(
            brand=BRAND, person="kit", purpose=Purpose.QUEUE, now=NOW - timedelta(9), lifetime=timedelta(8)
        )
    )
    unknown = links.address(
        links.grant(brand="nowhere", person="kit", purpose=Purpose.QUEUE, now=NOW, lifetime=timedelta(8))
    )
    return {
        "tampered": good[:20] + ("A" if good[20] != "A" else "B") + good[21:],
        "rubbish": "x",
        "expired": old.rpartition("/")[2],
        "revoked": revoked.rpartition("/")[2],
        "unknown brand": unknown.rpartition("/")[2],
        "agency at the owner's desk": url_for(links, KIT, Purpose.DESK).rpartition("/")[2],
        "owner in the agency's queue": url_for(links, ANNA, Purpose.QUEUE).rpartition("/")[2],
        "staff": url_for(links, STAFF, Purpose.QUEUE).rpartition("/")[2],
        "foreign key": url_for(
            Links(["some-other-signing-key"], links.origin), KIT, Purpose.QUEUE
        ).rpartition("/")[2],
    }


@pytest.mark.fault(25)
def test_whatever_is_wrong_with_a_link_the_answer_is_the_same(
    client: TestClient, links: Links, store: Store
) -> None:
    answers = {name: client.get(f"/l/{token}") for name, token in bad_tokens(links, store).items()}
    answers["no cookie"] = client.get("/queue/lumen")
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 403)
    assert len({answer.text for answer in answers.values()}) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in answers.values()}) == 1
    assert "ask for a new one" in answers["expired"].text


def test_a_cookie_opens_no_other_purpose_brand_or_case(
    client: TestClient, links: Links, store: Store
) -> None:
    seed_day(store)
    grant = links.open(
        url_for(links, ANNA, Purpose.CASE, case=1).rpartition("/")[2], now=NOW, is_revoked=lambda _: False
    )
    cookie = links.cookie(grant)
    for name in ("oversight_queue", "oversight_desk", "oversight_case"):
        client.cookies.set(name, cookie)
    assert client.get("/case/lumen/1").status_code == 200
    for path in (
        "/case/lumen/2",
        "/case/other/1",
        "/desk/lumen",
        "/desk/lumen/case/1",
        "/desk/lumen/status",
        "/queue/lumen",
    ):
        assert client.get(path).status_code == 403, path


@pytest.mark.parametrize("late", [timedelta(days=7), timedelta(days=70)])
def test_a_cookie_ends_with_its_link(client: TestClient, links: Links, clock: Any, late: timedelta) -> None:
    home = enter(client, links)
    assert client.get(home).status_code == 200
    clock.now = NOW + late
    assert client.get(home).status_code == 403


def test_revoking_a_link_ends_its_cookie(client: TestClient, links: Links, store: Store) -> None:
    url = url_for(links, KIT, Purpose.QUEUE)
    client.get(url)
    assert client.get("/queue/lumen").status_code == 200
    grant = links.open(url.rpartition("/")[2], now=NOW, is_revoked=lambda _id: False)
    store.links.revoke(BRAND, grant.link_id, now=NOW)
    assert client.get("/queue/lumen").status_code == 403


def test_nobody_is_kept_out_because_a_visit_cannot_be_counted(
    client: TestClient, links: Links, store: Store
) -> None:
    home = enter(client, links)
    impatient = partial(sa.Connection.exec_driver_sql, statement="PRAGMA busy_timeout=1")
    sa.event.listen(store.backend.engine, "begin", impatient, insert=True)
    with closing(sqlite3.connect(str(store.path))) as other:
        other.execute("BEGIN IMMEDIATE")
        assert client.get(home).status_code == 200
        other.rollback()
    assert store.links.find(BRAND) == []
    client.get(home)
    assert [link.uses for link in store.links.find(BRAND)] == [1]


def test_visits_are_counted_not_pages_nor_scanners(
    client: TestClient, links: Links, store: Store, clock: Any
) -> None:
    url = url_for(links, KIT, Purpose.QUEUE)
    for _ in range(3):
        client.get(url)
    client.cookies.clear()
    assert store.links.find(BRAND) == []
    client.get(url)
    for minutes in (0, 10, 29, 31, 45):
        clock.now = NOW + timedelta(minutes=minutes)
        assert client.get("/queue/lumen").status_code == 200
    (link,) = store.links.find(BRAND)
    assert (link.person, link.purpose, link.uses) == ("kit", "queue", 2)
    assert link.last_used_at == NOW + timedelta(minutes=31)


def test_who_leaves_the_roster_is_out(client: TestClient, links: Links, store: Store) -> None:
    home = enter(client, links)
    store.brands.sync(BRAND, accounts=[OWN.account], people=[ANNA], now=NOW, exact=True)
    assert client.get(home).status_code == 403


@pytest.mark.fault(24)
def test_a_link_scanner_changes_nothing(client: TestClient, links: Links, store: Store) -> None:
    numbers = seed_day(store)
    url = url_for(links, ANNA, Purpose.CASE, case=numbers["urgent"])
    before = store.audit.find(None, limit=100, offset=0)
    for _ in range(20):
        assert client.head(url).status_code == 303
        assert client.get(url).status_code == 303
        assert client.get(f"/case/lumen/{numbers['urgent']}").status_code == 200
    assert store.audit.find(None, limit=100, offset=0) == before
    assert state(store, numbers["urgent"]) is FlaggedState.OPEN
    home = enter(client, links, ANNA, Purpose.CASE, case=numbers["urgent"])
    assert step(client, home, "uphold").status_code == 303
    assert state(store, numbers["urgent"]) is FlaggedState.UPHELD


def test_cookies_are_secure_where_people_come_by_https(store: Store, links: Links, clock: Any) -> None:
    from web_seed import BRANDS

    from bot.web.app import create_app

    app = create_app(
        store=store,
        queue=EmbeddedQueue(store),
        links=links,
        brands=BRANDS,
        clock=clock,
        health=lambda: {"ok": True},
        metrics=lambda: b"",
        secure_cookies=True,
    )
    answer = TestClient(app, follow_redirects=False).get(url_for(links, KIT, Purpose.QUEUE))
    assert "Secure" in answer.headers["set-cookie"]
