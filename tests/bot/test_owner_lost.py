"""A brand's file loses its owner while the service runs: nobody is mailed, that is said, and nothing is lost."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from bot_stage import eventually, free_port, health
from fault_stage import KeptMail, brand_file, make_home, working

from bot.daemon import Daemon
from bot.health import problems_of
from bot.jobs.work import Intervals
from bot.wiring import utc_now
from policies.model.keys import AccountKey, PostKey, StreamKey
from policies.model.post import Direction, Kind, Post

SOON = timedelta(seconds=1)
X = AccountKey(platform="x", handle="examplebrand")


def leak() -> Post:
    return Post(
        key=PostKey(platform="x", account="examplebrand", external_id="1"), thread_id="1", parent_id=None,
        direction=Direction.OUTBOUND, kind=Kind.POST, author="examplebrand",
        created_at=utc_now() - timedelta(minutes=5), text="Your card 4111 1111 1111 1111 is noted.",
    )  # fmt: skip


def write(home: Path, *people: object) -> None:
    """The file as an editor leaves it: whole, in one step."""
    fresh = home / "brands" / "example.new"
    fresh.write_text(yaml.safe_dump(brand_file(people=list(people))), encoding="utf-8")
    fresh.replace(home / "brands" / "example.yaml")


@pytest.mark.fault(43)
def test_what_happens_without_an_owner_is_told_to_the_next(tmp_path: Path) -> None:
    port, mail = free_port(), KeptMail()
    owner, agency = brand_file()["people"]
    home = make_home(tmp_path, {"OVERSIGHT_LISTEN_PORT": str(port)}, brand_file())
    intervals = Intervals(outbox=SOON, check=SOON, watch=SOON)
    with (
        working(home, utc_now, channel=mail, intervals=intervals) as work,
        Daemon(home, work, tick=timedelta(milliseconds=100)),
    ):
        write(tmp_path, agency)
        eventually(lambda: "names no owner" in str(health(port)), "health does not say it")
        work.store.posts.save(
            "example", StreamKey(account=X, stream="own"), [leak()], cursor=None, now=utc_now()
        )
        eventually(lambda: bool(work.store.cases.find("example")), "it goes on judging")
        assert "names no owner" in " ".join(problems_of(work))
        assert work.store.news.untold("example"), "the alert waits"
        assert not [body for body in mail.sent if b"olive@example.org" in body]
        write(tmp_path, {**owner, "email": "orla@example.org"}, agency)
        eventually(lambda: any(b"orla@example.org" in body for body in mail.sent), "the alert is lost")
        eventually(lambda: "names no owner" not in str(health(port)), "health does not recover")
        assert work.store.news.untold("example") == []
