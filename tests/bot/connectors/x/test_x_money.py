"""What reading X costs, by the sandbox's meter: X charges once per resource and UTC day."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.connectors.x.client import XCredentials
from bot.connectors.x.connector import XConnector
from bot.ports import AccountRef, Page, Read
from bot.sandbox import Edit, Sandbox, SandboxClock, story_of, timeline
from bot.sandbox.synthetic import BRAND, CUSTOMER
from policies.model.coverage import Why
from policies.model.post import Post

MIDNIGHT = datetime(2026, 10, 20, tzinfo=UTC)
TWO_DAYS = timedelta(days=2)


class Purse:
    """An allowance of so many reads, kept as the jobs keep it: charged when a page is stored."""

    def __init__(self, left: int | None = None) -> None:
        self.left = left
        self.charged: set[tuple[str, str]] = set()

    def reads(self, resource: str, *, owned: bool) -> int | None:
        return None if self.left is None else self.left - len(self.charged)

    def store(self, page: Page) -> None:
        self.charged |= {(read.resource, read.id) for read in page.reads}


class Desk:
    """A connector on a sandbox, with stored cursors."""

    def __init__(self, box: Sandbox, **options: Any) -> None:
        self.box = box
        self.account = AccountRef(brand="b", platform="x", handle=BRAND, options=options)
        self.cursors: dict[str, Mapping[str, Any]] = {}
        self.connector = self.fresh()
        self.posts: dict[str, Post] = {}
        self.reads: list[Read] = []
        self.whys: list[Why] = []

    def fresh(self) -> XConnector:
        token = self.box.fake("x").keys.bearer_token
        return XConnector(XCredentials(bearer_token=token), base_url=self.box.url("x"))

    def pull(self, purse: Purse | None = None) -> list[Page]:
        purse, pages = purse or Purse(), []
        for stream in self.connector.streams(self.account):
            cursor = self.cursors.get(stream)
            for page in self.connector.pull(self.account, stream, cursor, purse, self.box.clock.now()):
                purse.store(page)
                self.cursors[stream] = json.loads(json.dumps(page.cursor))
                self.posts.update({p.key.external_id: p for p in page.posts})
                self.reads.extend(page.reads)
                self.whys.extend(note.why for note in page.unchecked)
                pages.append(page)
        return pages

    def billed(self) -> int:
        bill = self.box.meter.bill("x")
        return sum(bill["billed"].values())


@pytest.fixture
def box() -> Iterator[Sandbox]:
    """90 own posts and 60 mentions, a post every eight minutes over half a day, from midnight UTC."""
    own = timeline(90, start=MIDNIGHT, every=timedelta(minutes=8))
    said = timeline(60, start=MIDNIGHT + timedelta(minutes=1), every=timedelta(minutes=11), author=CUSTOMER)
    said = tuple(replace(p, ref=f"m{n}", text=f"@{BRAND} number {n}") for n, p in enumerate(said))
    edit = Edit(ref="p3", at=MIDNIGHT + timedelta(minutes=40), text="Second thoughts")
    with Sandbox(
        story_of(*own, *said).with_events(edit), SandboxClock(MIDNIGHT), enforce_limits=False
    ) as made:
        yield made


def test_at_most_one_read_and_a_twentieth_for_each_new_post(box: Sandbox) -> None:
    desk = Desk(box)
    for _ in range(60):  # twelve hours, every twelve minutes
        box.clock.advance(timedelta(minutes=12))
        desk.pull()
    assert len(desk.posts) == 150
    assert desk.billed() <= 1.05 * len(desk.posts)


def test_nothing_new_costs_nothing(box: Sandbox) -> None:
    box.clock.advance(TWO_DAYS)
    desk = Desk(box)
    desk.pull()
    for _ in range(5):
        box.clock.advance(timedelta(days=1))
        before = box.meter.bill("x")["served"]
        assert desk.pull() == []
        assert box.meter.bill("x")["served"] == before


def test_a_restart_does_not_pay_for_the_profile_again(box: Sandbox) -> None:
    box.clock.advance(TWO_DAYS)
    desk = Desk(box)
    desk.pull()
    box.clock.advance(timedelta(days=1))
    desk.connector = desk.fresh()
    desk.pull()
    assert box.meter.bill("x")["billed"]["user"] == 1


def test_what_pages_say_was_read_is_what_x_bills(box: Sandbox) -> None:
    box.clock.advance(TWO_DAYS)
    desk = Desk(box)
    desk.pull()
    bill = box.meter.bill("x")["billed"]
    owned = {r.id for r in desk.reads if r.resource == "post" and r.owned}
    others = {r.id for r in desk.reads if r.resource == "post" and not r.owned}
    users = {r.id for r in desk.reads if r.resource == "user"}
    assert (len(owned), len(others), len(users)) == (bill["owned"], bill["post"], bill["user"])


def test_names_cost_one_user_read_each_and_only_if_asked_for(box: Sandbox) -> None:
    box.clock.advance(TWO_DAYS)
    desk = Desk(box, author_names=True)
    desk.pull()
    assert {p.author for p in desk.posts.values() if not p.outbound} == {CUSTOMER}
    assert (
        box.meter.bill("x")["billed"]["user"] == 2 == len({r.id for r in desk.reads if r.resource == "user"})
    )


def test_the_second_look_of_the_same_utc_day_is_free(box: Sandbox) -> None:
    box.clock.advance(timedelta(hours=20))
    desk = Desk(box)
    desk.pull()
    paid = desk.billed()
    look = desk.connector.look_again(desk.account, list(desk.posts.values()), Purse(), box.clock.now())
    assert len(look.posts) == 150
    assert desk.billed() == paid


def test_a_later_look_costs_one_read_for_each_post(box: Sandbox) -> None:
    box.clock.advance(timedelta(hours=20))
    desk = Desk(box)
    desk.pull()
    paid = desk.billed()
    box.clock.advance(timedelta(days=7))
    look = desk.connector.look_again(desk.account, list(desk.posts.values()), Purse(), box.clock.now())
    assert len(look.reads) == 150
    assert desk.billed() - paid == 150


def test_an_edit_found_by_looking_costs_its_new_version_only(box: Sandbox) -> None:
    box.clock.advance(timedelta(minutes=30))
    desk = Desk(box)
    desk.pull()
    box.clock.advance(timedelta(hours=1))
    paid = desk.billed()
    look = desk.connector.look_again(desk.account, list(desk.posts.values()), Purse(), box.clock.now())
    assert "Second thoughts" in {p.text for p in look.posts}
    assert desk.billed() - paid == 1


@pytest.mark.parametrize("budget", [6, 40, 100, 149])
def test_the_budget_is_never_passed_and_the_rest_comes_later(box: Sandbox, budget: int) -> None:
    box.clock.advance(TWO_DAYS)
    desk = Desk(box)
    purse = Purse(budget)
    for _ in range(3):
        desk.pull(purse)
    assert desk.billed() <= budget
    assert Why.BUDGET_SPENT in desk.whys
    desk.whys.clear()
    desk.pull(Purse())
    assert len(desk.posts) == 150
    assert desk.whys == []


def test_no_money_means_no_request(box: Sandbox) -> None:
    box.clock.advance(TWO_DAYS)
    desk = Desk(box)
    pages = desk.pull(Purse(0))
    assert [note.why for page in pages for note in page.unchecked] == [Why.BUDGET_SPENT] * 2
    assert box.meter.requests("x") == 0


def test_looking_again_stops_at_the_budget(box: Sandbox) -> None:
    box.clock.advance(TWO_DAYS)
    desk = Desk(box)
    desk.pull()
    box.clock.advance(timedelta(days=1))
    paid = desk.billed()
    look = desk.connector.look_again(desk.account, list(desk.posts.values()), Purse(70), box.clock.now())
    assert desk.billed() - paid <= 70
    assert len(look.answered) == 70
    assert [note.why for note in look.unchecked] == [Why.BUDGET_SPENT]
