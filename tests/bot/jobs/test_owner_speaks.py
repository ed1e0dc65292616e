"""What the owner publishes herself goes through the whole service and is nobody's case, nor the agency's work."""

from __future__ import annotations

import sys
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))

from bot_stage import eventually
from fault_stage import KeptMail, brand_file, make_home, working

from bot.daemon import Daemon
from bot.jobs.digest import gather, send_now
from bot.sandbox import Publish, Sandbox, SandboxClock, story_of
from bot.sandbox.synthetic import BRAND, CUSTOMER, EPOCH

PEOPLE = [
    {"id": "owner", "name": "Olive Oyl", "role": "owner", "email": "olive@example.org", "marks": ["^OO"]},
    {"id": "agency", "name": "Ann", "role": "agency", "email": "ann@example.org", "marks": ["^AN"]},
]
SWEARS = "What a damned shitty day that was, and I swear it will be better."
SAID = (
    f"{SWEARS} ^AN",
    f"{SWEARS} ^OO https://mill.example/menu #bread 🥖",
    f"{SWEARS}\n\nOlive x",
    f"{SWEARS} We will ask Olive",
    "My card is 4111 1111 1111 1111. Olive",
)


def test_only_what_harms_whoever_writes_it_is_told_to_her(tmp_path: Path) -> None:
    own = [
        Publish(ref=f"p{n}", at=EPOCH + timedelta(minutes=n), platform="x", author=BRAND, text=text)
        for n, text in enumerate(SAID)
    ]
    asked = Publish(ref="c", at=EPOCH, platform="x", author=CUSTOMER, text=f"@{BRAND} {SWEARS} Olive")
    story = story_of(*own, asked)
    with Sandbox(story, SandboxClock(EPOCH + timedelta(hours=1))) as box:
        brand = brand_file(people=PEOPLE, policies=["starter"])
        home, mail = (
            make_home(tmp_path, {**box.environment(), "OVERSIGHT_LISTEN_PORT": "0"}, brand),
            KeptMail(),
        )
        with working(home, box.clock, channel=mail) as work:
            with Daemon(home, work, tick=timedelta(milliseconds=100)):
                eventually(lambda: len(mail.sent) >= 1, "the card was not told")
            now = box.clock.now()
            given = gather(work, work.brands["example"], since=EPOCH - timedelta(days=1), until=now)
            send_now(work, "example", now)
            found = {view.post.text for view in work.store.cases.find("example") if view.post}
    assert found == {SAID[0], SAID[3], SAID[4]}
    assert (given.figures.published, given.figures.flagged, given.figures.in_owners_name) == (2, 2, 3)
    assert not given.samples
    letters = [message_from_bytes(body, policy=policy.default) for body in mail.sent]
    assert any("need" in str(letter["Subject"]) for letter in letters)
