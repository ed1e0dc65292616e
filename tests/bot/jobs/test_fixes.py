"""A claimed fix is looked at until it is known: mended, gone, or still as it was; and told where nobody can know."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from fault_stage import KeptMail, brand_file, make_home, working

from bot.connectors.loopback.story import Delete, Edit
from bot.jobs.digest import gather
from bot.jobs.look_again import ask, look_soon
from bot.jobs.looking.pauses import PAUSES
from bot.jobs.work import Intervals, Work
from bot.letters.digest.matters import matters, owners
from bot.sandbox import Fault, FaultKind, Sandbox, SandboxClock, story_of, timeline
from bot.sandbox.synthetic import BRAND, EPOCH
from bot.schedule import Scheduler
from policies.model.cases.flagged import FlaggedAction, FlaggedState, fix_overdue
from policies.model.keys import PostKey
from storage.views import CaseView

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
CARD = "Your card 4111 1111 1111 1111 has been charged"
SELDOM = Intervals(check=24 * HOUR, outbox=24 * HOUR, look_again=24 * HOUR)
PEOPLE = [
    {"id": "owner", "name": "Olive", "role": "owner", "email": "olive@example.org"},
    {"id": "agency", "name": "Ann", "role": "agency", "email": "ann@example.org"},
]


@dataclass(frozen=True, kw_only=True)
class Bench:
    """The service with one flagged post, which the agency is to mend."""

    work: Work
    box: Sandbox
    mail: KeptMail

    def live(self, length: timedelta) -> None:
        scheduler, end = Scheduler(self.work), self.box.clock.now() + length
        scheduler.plan(self.box.clock.now())
        while (due := self.work.queue.next_due()) and due <= end:
            self.box.clock.set(max(due, self.box.clock.now()))
            scheduler.run_due(self.box.clock.now())
        self.box.clock.set(end)

    def claim(self) -> None:
        agency = next(p for p in self.work.brands["example"].roster() if p.id == "agency")
        number, now = self.case.case.id, self.box.clock.now()
        self.work.store.cases.act("example", number, FlaggedAction.CLAIM_FIX, person=agency, note="", now=now)
        look_soon(self.work.queue, "example", self.key, now + PAUSES[0])

    @property
    def case(self) -> CaseView:
        (view,) = self.work.store.cases.find("example")
        return view

    @property
    def key(self) -> PostKey:
        assert self.case.post is not None
        return self.case.post.key

    def subjects(self, reader: str) -> list[str]:
        letters = [message_from_bytes(body, policy=policy.default) for body in self.mail.sent]
        return [str(letter["Subject"]) for letter in letters if reader in str(letter["To"])]


@contextmanager
def bench(path: Path, platform: str, *events: Edit | Delete) -> Iterator[Bench]:
    """An account that is pulled once a day, so that whatever is seen between was looked for."""
    story = story_of(*timeline(1, platform=platform, text=CARD), end=EPOCH + timedelta(days=9)).with_events(
        *events
    )
    with Sandbox(story, SandboxClock(EPOCH + MINUTE)) as box:
        accounts = [
            {
                "platform": platform,
                "handle": BRAND,
                "every": "24h",
                "look_again": {"same_day": False, "own": []},
            }
        ]
        home = make_home(path, box.environment(), brand_file(accounts=accounts, people=PEOPLE))
        with working(home, box.clock, channel=(mail := KeptMail()), intervals=SELDOM) as work:
            made = Bench(work=work, box=box, mail=mail)
            made.live(9 * MINUTE)
            yield made


PLATFORMS = pytest.mark.parametrize("platform", ["x", "reddit"])


@PLATFORMS
@pytest.mark.parametrize("how", ["edited", "gone"])
def test_a_fix_that_shows_is_seen_within_minutes(tmp_path: Path, platform: str, how: str) -> None:
    at = EPOCH + 10 * MINUTE
    event = (
        Edit(ref="p0", at=at, text="You have been charged") if how == "edited" else Delete(ref="p0", at=at)
    )
    with bench(tmp_path, platform, event) as one:
        one.claim()
        one.live(3 * MINUTE)
        assert one.case.case.closed


@PLATFORMS
def test_a_fix_that_comes_late_is_seen_all_the_same(tmp_path: Path, platform: str) -> None:
    with bench(tmp_path, platform, Delete(ref="p0", at=EPOCH + 5 * HOUR)) as one:
        one.claim()
        one.live(2 * HOUR)
        assert one.case.case.state is FlaggedState.UNMENDED
        one.live(7 * HOUR)
        assert one.case.case.closed


@PLATFORMS
def test_what_stands_as_it_was_goes_back_to_the_agency_and_is_told(tmp_path: Path, platform: str) -> None:
    with bench(tmp_path, platform) as one:
        one.live(HOUR)
        asked = len(one.subjects("ann@example.org"))
        one.claim()
        one.live(5 * MINUTE)
        assert one.case.case.state is FlaggedState.FIX_CLAIMED
        one.live(HOUR)
        assert one.case.case.state is FlaggedState.UNMENDED
        one.live(24 * HOUR)
        assert len(one.subjects("ann@example.org")) > asked
        now, config = one.box.clock.now(), one.work.brands["example"]
        (told,) = gather(one.work, config, since=EPOCH, until=now).cases
        assert not told.overdue
        later = gather(one.work, config, since=now, until=now + 48 * HOUR)
        (told,) = later.cases
        assert told.overdue
        assert matters(later).older == ()
        assert owners(later.cases) == [told]


@PLATFORMS
def test_an_edit_that_leaves_the_fault_is_no_fix(tmp_path: Path, platform: str) -> None:
    with bench(tmp_path, platform, Edit(ref="p0", at=EPOCH + 10 * MINUTE, text=f"Sorry. {CARD}")) as one:
        one.claim()
        one.live(3 * MINUTE)
        assert one.case.case.state is FlaggedState.UNMENDED


@PLATFORMS
def test_where_the_platform_does_not_answer_it_is_asked_again_and_the_owner_is_told(
    tmp_path: Path, platform: str
) -> None:
    with bench(tmp_path, platform) as one:
        one.claim()
        one.box.faults.add(Fault(kind=FaultKind.UNAVAILABLE, platform=platform, times=None))
        one.live(3 * HOUR)
        assert one.case.case.state is FlaggedState.FIX_CLAIMED
        hours = one.work.brands["example"].business_hours(EPOCH)
        assert not fix_overdue(one.case.case, hours, 1, EPOCH + 20 * HOUR)
        assert fix_overdue(one.case.case, hours, 1, EPOCH + 49 * HOUR)
        assert not fix_overdue(one.case.case, hours, 2, EPOCH + 49 * HOUR)
        one.box.faults.clear()
        one.live(HOUR)
        assert one.case.case.state is FlaggedState.UNMENDED


@PLATFORMS
def test_whoever_wants_to_know_now_is_told_now(tmp_path: Path, platform: str) -> None:
    with bench(tmp_path, platform, Delete(ref="p0", at=EPOCH + 3 * HOUR + 5 * MINUTE)) as one:
        one.live(4 * HOUR)
        assert not one.case.case.closed
        ask(one.work.store, one.work.queue, "example", one.key, one.box.clock.now())
        one.live(timedelta())
        assert one.case.case.closed
