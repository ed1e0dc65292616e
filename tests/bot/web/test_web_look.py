"""A claimed fix on the page: when we looked, when we look next, and a button that has the platform looked at now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fault_stage import KeptMail, brand_file, make_home, working
from starlette.testclient import TestClient
from web_client import OURS, enter, fields
from web_seed import ANNA, BRAND, BRANDS, KIT, NOW, OWN, flagged, post

from bot.connectors.loopback.story import Delete
from bot.jobs.work import Intervals, Work
from bot.links import Links, Purpose
from bot.queue.embedded import EmbeddedQueue
from bot.queue.port import Job, Subject
from bot.sandbox import Sandbox, SandboxClock, story_of, timeline
from bot.sandbox.synthetic import BRAND as HANDLE
from bot.sandbox.synthetic import EPOCH
from bot.schedule import Scheduler
from bot.web.app import create_app
from bot.wiring import brand_infos, links_for
from policies.model.cases.flagged import FlaggedAction, FlaggedState
from storage.store import Store

DAY = timedelta(days=1)
CARD = "Your card 4111 1111 1111 1111 has been charged"
PEOPLE = [
    {"id": "olive", "name": "Olive", "role": "owner", "email": "olive@example.org"},
    {"id": "ann", "name": "Ann", "role": "agency", "email": "ann@example.org"},
]
LOOK = Job(name="look_again", subject=Subject(brand=BRAND, account=OWN.account))


def claimed(store: Store) -> int:
    number = flagged(store, post(1, "We guarantee it"), "guarantee")
    store.cases.act(BRAND, number, FlaggedAction.CLAIM_FIX, person=KIT, note="", now=NOW)
    return number


@pytest.mark.parametrize(("who", "purpose"), [(ANNA, Purpose.DESK), (KIT, Purpose.QUEUE)])
def test_both_are_told_how_it_stands_and_may_have_it_looked_at(
    client: TestClient, links: Links, store: Store, who: object, purpose: Purpose
) -> None:
    number = claimed(store)
    queue = EmbeddedQueue(store)
    queue.ensure(LOOK, due_at=NOW + DAY)
    path = f"{enter(client, links, who, purpose)}/case/{number}"  # type: ignore[arg-type]
    page = client.get(path).text
    assert "We have not looked at the post since then." in page
    assert "We look again by ourselves on Sun 22 Nov 2026, 18:32." in page
    assert "Overdue" not in page
    answer = client.post(f"{path}/look", data=fields(page), headers=OURS)
    assert answer.headers["location"] == path
    assert [due.job for due in queue.due(NOW)] == [LOOK]
    page = client.get(path).text
    assert "We are looking right now." in page
    assert "Check again" not in page
    store.looks.done([post(1, "").key], now=NOW)
    page = client.get(path).text
    assert "We last looked at the post just now." in page
    assert "Check again" in page


def test_what_nobody_has_seen_in_time_is_overdue(
    client: TestClient, links: Links, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = claimed(store)
    late = replace(BRANDS[BRAND], overdue=lambda _case, _now: True)
    monkeypatch.setitem(BRANDS, BRAND, late)
    assert "Overdue" in client.get(f"{enter(client, links)}/case/{number}").text


def test_where_no_fix_is_to_be_seen_nobody_is_asked_to_look(
    client: TestClient, links: Links, store: Store
) -> None:
    number = flagged(store, post(1, "We guarantee it"), "guarantee")
    queue = EmbeddedQueue(store)
    queue.ensure(LOOK, due_at=NOW + DAY)
    path = f"{enter(client, links)}/case/{number}"
    page = client.get(path).text
    assert "Check again" not in page
    assert client.post(f"{path}/look", data=fields(page), headers=OURS).status_code == 303
    assert client.post(f"{path}/look", data=fields(page)).status_code == 403
    assert queue.due(NOW) == []


@pytest.fixture(params=["x", "reddit"])
def service(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[Work, SandboxClock, TestClient]]:
    """The service over a platform on loopback, whose post is deleted after three hours and a half, and its pages."""
    gone = Delete(ref="p0", at=EPOCH + timedelta(hours=3, minutes=30))
    story = story_of(*timeline(1, platform=request.param, text=CARD), end=EPOCH + 9 * DAY).with_events(gone)
    seldom = Intervals(check=DAY, outbox=DAY, look_again=DAY)
    with Sandbox(story, SandboxClock(EPOCH + timedelta(minutes=1))) as box:
        account = {
            "platform": request.param,
            "handle": HANDLE,
            "every": "24h",
            "look_again": {"same_day": False},
        }
        home = make_home(tmp_path, box.environment(), brand_file(accounts=[account], people=PEOPLE))
        with working(home, box.clock, channel=KeptMail(), intervals=seldom) as work:
            links = links_for(home.service)
            app = create_app(
                store=work.store,
                queue=work.queue,
                links=links,
                brands=brand_infos(home),
                clock=box.clock.now,
                health=lambda: {"ok": True},
                metrics=lambda: b"",
                secure_cookies=False,
            )
            yield work, box.clock, TestClient(app, base_url=links.origin, follow_redirects=False)


def live(work: Work, clock: SandboxClock, length: timedelta) -> None:
    """Let the scheduler run what comes due."""
    scheduler, end = Scheduler(work), clock.now() + length
    scheduler.plan(clock.now())
    while (due := work.queue.next_due()) and due <= end:
        clock.set(max(due, clock.now()))
        scheduler.run_due(clock.now())
    clock.set(end)


def test_a_fix_that_shows_between_two_looks_is_seen_when_the_owner_asks(
    service: tuple[Work, SandboxClock, TestClient],
) -> None:
    work, clock, client = service
    live(work, clock, timedelta(minutes=9))
    (view,) = work.store.cases.find("example")
    client.get(work.link("example", "ann", "queue", view.case.id))
    ours = {"Origin": str(client.base_url).rstrip("/"), "Sec-Fetch-Site": "same-origin"}
    agency, owner = f"/queue/example/case/{view.case.id}", f"/desk/example/case/{view.case.id}"
    filled = fields(client.get(agency).text) | {"action": "claim_fix", "note": ""}
    assert client.post(agency, data=filled, headers=ours).status_code == 303
    live(work, clock, timedelta(hours=3, minutes=45))
    assert work.store.cases.get("example", view.case.id).case.state is FlaggedState.UNMENDED
    assert client.get(work.link("example", "olive", "desk", view.case.id)).headers["location"] == owner
    page = client.get(owner).text
    assert "We last looked at the post" in page
    assert client.post(f"{owner}/look", data=fields(page), headers=ours).status_code == 303
    assert "We are looking right now." in client.get(owner).text
    live(work, clock, timedelta())
    assert work.store.cases.get("example", view.case.id).case.closed
    page = client.get(owner).text
    assert "saw the fix on the platform" in page
    assert "Check again" not in page
