"""What the pull job makes of errors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from fault_stage import KeptMail, brand_file, make_home, working

from bot.jobs.pull import pull
from bot.sandbox import Sandbox, SandboxClock, story_of, timeline
from policies.model.keys import AccountKey
from storage.errors import StoreFull


@pytest.fixture
def no_room() -> Iterator[None]:
    """No store may grow any more."""

    def stop(connection: sa.Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count=1")

    sa.event.listen(sa.Engine, "begin", stop)
    yield
    sa.event.remove(sa.Engine, "begin", stop)


def test_a_full_disk_is_not_noted_as_the_platforms_fault(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    posts = timeline(300, every=timedelta(minutes=5))
    story = story_of(*posts, end=posts[-1].at + timedelta(days=1))
    with Sandbox(story, SandboxClock(posts[-1].at + timedelta(hours=1))) as box:
        env = box.environment()
        entry = {"platform": "x", "handle": "examplebrand", "every": "2h"}
        home = make_home(tmp_path, env, brand_file(accounts=[entry]))
        with working(home, box.clock, channel=KeptMail()) as work:
            request.getfixturevalue("no_room")
            with pytest.raises(StoreFull):
                pull(work, AccountKey(platform="x", handle="examplebrand"), box.clock.now())
