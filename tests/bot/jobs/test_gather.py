"""What the digest is made from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml
from fault_stage import KeptMail, brand_file, make_home, working

from bot.jobs.check import check
from bot.jobs.digest import gather
from bot.letters.model import RuleRecord
from policies.model.cases.flagged import FlaggedAction
from policies.model.keys import AccountKey, PostKey, StreamKey
from policies.model.people import Person, Role
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


def test_what_the_owner_signed_is_counted_as_hers_and_not_as_the_agencys(tmp_path: Path) -> None:
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
    assert (found.figures.published, found.figures.in_owners_name) == (2, 1)
    assert sum(day.outbound for day in found.days) == 2
    assert {sample.post.key.external_id for sample in found.samples} < {"2", "3"}


OCTOBER = datetime(2026, 10, 20, 12, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 1, 4, tzinfo=UTC)  #: as the brand's New York still has summer time
OLIVE = Person(id="olive", name="Olive", role=Role.OWNER)


def test_the_first_digest_of_a_month_says_how_the_rules_did_in_the_last(tmp_path: Path) -> None:
    folder = tmp_path / "ours"
    folder.mkdir()
    rule = {"id": "no-refunds", "title": "Promises a refund", "topic": "a-topic", "severity": "breach",
            "why": "Because of the test.", "check": {"terms": ["refund"]}}  # fmt: skip
    (folder / "pack.yaml").write_text(yaml.safe_dump({"rules": [rule]}), encoding="utf-8")
    home = make_home(tmp_path, {}, brand_file(policies=["ours/pack.yaml"], people=PEOPLE))
    with working(home, lambda: NOW, channel=KeptMail()) as work:
        posts = [posted(n, f"A refund, number {n}", ago=NOW - OCTOBER) for n in range(10)]
        work.store.posts.save("example", OWN, posts, cursor={}, now=OCTOBER)
        check(work, "example", OCTOBER)
        for number, view in enumerate(work.store.cases.find("example")):
            action = FlaggedAction.UPHOLD if number == 0 else FlaggedAction.FALSE_ALARM
            before = timedelta(days=30 if number > 7 else 0)
            work.store.cases.act("example", view.case.id, action, person=OLIVE, note="", now=OCTOBER - before)

        def told(since: datetime, until: datetime) -> tuple[RuleRecord, ...]:
            return gather(work, work.brands["example"], since=since, until=until).rules

        hour = timedelta(hours=1)
        (record,) = told(MIDNIGHT - hour, MIDNIGHT + hour)
        assert (record.title, record.right, record.wrong) == ("Promises a refund", 1, 7)
        assert (record.ever, record.wrong_ever, record.cries_wolf) == (10, 9, True)
        assert told(MIDNIGHT, MIDNIGHT + hour) == ()
        assert told(MIDNIGHT - hour, MIDNIGHT - hour / 2) == ()
