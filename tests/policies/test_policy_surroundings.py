"""What is known around posts, from whatever they are looked up in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from rule_fakes import WordScorer
from rule_helpers import NOW, post

from policies.campaigns import Campaign, campaign_of
from policies.model.keys import AccountKey, PostKey, ThreadKey
from policies.model.people import Person, Role
from policies.model.post import Direction, Media, Post
from policies.model.thread import Thread
from policies.needs import Need
from policies.surroundings import BrandProfile, Gatherer, PostsInHand

UTC_ZONE, NEW_YORK = ZoneInfo("UTC"), ZoneInfo("America/New_York")


def published(*hours_ago: float, account: str = "brand") -> list[Post]:
    return [
        post(f"number {number}", key=PostKey(platform="x", account=account, external_id=str(number)),
             thread_id=str(number), created_at=NOW - timedelta(hours=hours))
        for number, hours in enumerate(hours_ago)
    ]  # fmt: skip


class Counted(PostsInHand):
    """Remembers what was asked."""

    def __init__(self, posts: Sequence[Post]) -> None:
        super().__init__(posts)
        self.asked: list[str] = []

    def threads(self, keys: Collection[ThreadKey]) -> Mapping[ThreadKey, Thread]:
        self.asked.append("threads")
        return super().threads(keys)

    def history(self, account: AccountKey, since: datetime, until: datetime) -> Sequence[Post]:
        self.asked.append(f"history of {account}")
        return super().history(account, since, until)


def gatherer(source: PostsInHand, *needs: Need, days: float = 1) -> Gatherer:
    return Gatherer(
        needs=frozenset(needs), looks_back=timedelta(days=days), source=source, read=WordScorer().read
    )


def test_what_no_rule_needs_is_not_looked_up() -> None:
    source = Counted(posts := published(3, 2, 1))
    contexts = gatherer(source).around(posts)
    assert source.asked == []
    assert all((c.thread, c.history, c.reading) == (None, None, None) for c in contexts)


def test_a_batch_is_looked_up_once_for_each_account() -> None:
    posts = published(3, 2, 1) + published(5, 4, account="other")
    source = Counted(posts)
    gatherer(source, Need.THREAD, Need.HISTORY).around(posts)
    assert sorted(source.asked) == ["history of x/brand", "history of x/other", "threads"]


def test_history_is_what_came_before_in_time_and_the_last_post_before_that() -> None:
    posts = published(100, 60, 30, 20, 0)
    said = post("from a customer", direction=Direction.INBOUND, created_at=NOW - timedelta(hours=1),
                key=PostKey(platform="x", account="brand", external_id="theirs"))  # fmt: skip
    (newest,) = gatherer(PostsInHand([*posts, said]), Need.HISTORY).around([posts[-1]])
    assert [p.text for p in newest.history or ()] == ["number 2", "number 3"]
    (oldest,) = gatherer(PostsInHand(posts), Need.HISTORY).around([posts[0]])
    assert oldest.history == []


def test_the_readings_are_those_of_the_posts_and_of_what_others_said_around_them() -> None:
    asked = post("This is awful", direction=Direction.INBOUND, author="customer")
    answer = post("So sorry", parent_id="1", key=PostKey(platform="x", account="brand", external_id="2"))
    (context,) = gatherer(PostsInHand([asked, answer]), Need.READING, Need.THREAD).around([answer])
    assert context.reading is not None
    assert set(context.readings) == {asked.key, answer.key}
    assert context.thread is not None
    assert context.thread.posts == (asked, answer)


def test_people_campaign_and_labels_are_the_brands() -> None:
    tomas = Person(id="tomas", name="Tomás", role=Role.STAFF, marks=("^TK",))
    spring = Campaign(name="spring", hashtags=("#spring",))
    around = Gatherer(
        needs=frozenset({Need.PEOPLE, Need.CAMPAIGN, Need.LABELS}),
        looks_back=timedelta(),
        source=PostsInHand([]),
        brand=BrandProfile(people=[tomas], campaigns=[spring]),
        labels=lambda one: frozenset({"paid"} if "paid" in one.text else ()),
    )
    one, two = around.around([post("paid #Spring"), post("else")])
    assert (one.people, one.campaign, one.labels) == ([tomas], "spring", {"paid"})
    assert (two.campaign, two.labels) == (None, frozenset())


LINK = "https://bakery.example/menu?utm_source=x&utm_campaign=spring-menu"


@pytest.mark.parametrize(
    ("campaign", "changes"),
    [
        (Campaign(name="c", hashtags=("Spring",)), {"text": "Buns! #SPRING"}),
        (Campaign(name="c", links=("spring-menu",)), {"text": f"See {LINK}"}),
        (Campaign(name="c", links=("spring-menu",)), {"media": (Media(kind="link", url=LINK),)}),
        (Campaign(name="c", sources=("Spring planner",)), {"source": "Spring planner"}),
    ],
)
def test_a_post_belongs_to_the_campaign_whose_mark_it_carries(
    campaign: Campaign, changes: dict[str, object]
) -> None:
    own = replace(post("Buns!"), **changes)
    assert campaign_of(own, [Campaign(name="other", hashtags=("#bunsday",)), campaign], UTC_ZONE) == "c"
    assert campaign_of(post("Buns!"), [campaign], UTC_ZONE) is None


def test_the_days_of_a_campaign_are_local_and_both_included() -> None:
    campaign = Campaign(name="c", hashtags=("#a",), since=date(2026, 6, 2), until=date(2026, 6, 2))
    late = post("#a", created_at=datetime.fromisoformat("2026-06-03T03:30:00+00:00"))
    assert campaign_of(late, [campaign], NEW_YORK) == "c"
    assert campaign_of(late, [campaign], UTC_ZONE) is None
