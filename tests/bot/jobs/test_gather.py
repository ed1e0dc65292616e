"""What the digest is made from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from fault_stage import KeptMail, brand_file, make_home, working

from bot.jobs.digest import gather
from policies.model.keys import AccountKey, PostKey, StreamKey
from policies.model.post import Direction, Kind, Post

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
OWN = StreamKey(account=AccountKey(platform="x", handle="examplebrand"), stream="own")
PEOPLE = [
    {"id": "olive", "name": "Olive", "role": "owner", "email": "olive@shop.example", "marks": ["Olive"]},
    {"id": "toby", "name": "Toby", "role": "agency", "marks": ["^TK"]},
]


def posted(number: int, text: str, *, ago: timedelta, direction: Direction = Direction.OUTBOUND) -> Post:
    key = PostKey(platform="x", account="examplebrand", external_id=str(number))
    return Post(key=key, thread_id=str(number), parent_id=None, direction=direction, kind=Kind.POST,
                author="examplebrand", created_at=NOW - ago, text=text)  # fmt: skip


def test_posts_of_the_period_that_carry_the_owners_mark_are_counted(tmp_path: Path) -> None:
    hour = timedelta(hours=1)
    posts = [
        posted(1, "The walnuts were my mistake. Olive", ago=hour),
        posted(2, "Come by, Olive is here all day. ^TK", ago=hour),
        posted(3, "No mark at all", ago=hour),
        posted(4, "From last week. Olive", ago=timedelta(days=7)),
        posted(5, "A customer of the same name. Olive", ago=hour, direction=Direction.INBOUND),
    ]
    home = make_home(tmp_path, {}, brand_file(policies=["starter"], people=PEOPLE))
    with working(home, lambda: NOW, channel=KeptMail()) as work:
        work.store.posts.save("example", OWN, posts, cursor={}, now=NOW)
        found = gather(work, work.brands["example"], since=NOW - timedelta(days=1), until=NOW)
    assert (found.figures.published, found.figures.in_owners_name) == (3, 1)
