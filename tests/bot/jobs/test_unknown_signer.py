"""Somebody signs whom nobody knows: the owner is asked once, and the agency says who it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from fault_stage import KeptMail, brand_file, make_home, working

from bot.jobs.check import check
from bot.jobs.digest import gather
from bot.letters.digest.build import build
from policies.model.cases.unknown_signer import UNKNOWN_SIGNER, SignerAction, SignerState
from policies.model.keys import AccountKey, PostKey, StreamKey
from policies.model.post import Direction, Kind, Post

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
OWN = StreamKey(account=AccountKey(platform="x", handle="examplebrand"), stream="own")
PEOPLE = [
    {"id": "olive", "name": "Olive", "role": "owner", "email": "olive@shop.example", "marks": ["Olive"]},
    {"id": "toby", "name": "Toby", "role": "agency", "marks": ["^TK"]},
]


def posted(number: int, text: str, *, direction: Direction = Direction.OUTBOUND) -> Post:
    key = PostKey(platform="x", account="examplebrand", external_id=str(number))
    return Post(key=key, thread_id=str(number), parent_id=None, direction=direction, kind=Kind.POST,
                author="examplebrand", created_at=NOW + timedelta(seconds=number), text=text)  # fmt: skip


def test_the_owner_is_asked_once_and_reads_of_it_in_the_digest(tmp_path: Path) -> None:
    posts = [
        posted(1, "Fresh bread today ^TK"),
        posted(2, "Fresh cake today ^LB"),
        posted(3, "Fresh rolls today ^LB"),
        posted(4, "Is it fresh? ^ZZ", direction=Direction.INBOUND),
    ]
    home = make_home(tmp_path, {}, brand_file(policies=["starter"], people=PEOPLE))
    with working(home, lambda: NOW, channel=KeptMail()) as work:
        work.store.posts.save("example", OWN, posts, cursor={}, now=NOW)
        check(work, "example", NOW)
        work.store.posts.save("example", OWN, [posted(5, "And more ^LB")], cursor={}, now=NOW)
        check(work, "example", NOW)
        (view,) = work.store.cases.find("example", kind=UNKNOWN_SIGNER)
        assert (view.case.subject, view.case.state) == ("^LB", SignerState.OPEN)
        assert view.post is not None
        assert view.post.key.external_id == "2"
        config = work.brands["example"]
        given = gather(work, config, since=NOW - timedelta(days=1), until=NOW + timedelta(hours=1))
        needed = build(given, lambda purpose, case=None: f"https://x.example/{purpose}/{case}").sections[0]
        (entry,) = [one for one in needed.entries if "^LB" in one.title]
        assert entry.lines == ("Nobody on your roster signs like this. Do you know them?",)
        olive = next(person for person in config.roster() if person.id == "olive")
        work.store.cases.act("example", view.case.id, SignerAction.KNOW, person=olive, note="", now=NOW)
        check(work, "example", NOW)
        assert work.store.cases.get("example", view.case.id).case.closed
