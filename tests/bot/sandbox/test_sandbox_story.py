"""The bakery's three weeks: complete, consistent and believable to a machine at least."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import tweepy
from sandbox_clients import Open, reddit_client, x_client

from bot.connectors import SITES
from bot.connectors.loopback.world import World
from bot.sandbox import Delete, Edit, Publish, Remove, Story, StoryError, load_story, read_story
from bot.sandbox.fakes import natures

TOPICS = (
    "testimonial-request",
    "partner-outreach",
    "unauthorised-promise",
    "asks-private-data-in-public",
    "hostile-or-sarcastic-reply",
    "agency-leak",
    "undisclosed-ad",
    "complaint-brushed-off",
)
SINGLES = ("contact-leak", "unsafe-link", "shouting", "health-claim")


@pytest.fixture(scope="module")
def bakery() -> Story:
    return load_story("bakery")


def texts(story: Story) -> list[str]:
    return [event.text for event in story.events if isinstance(event, Publish | Edit)]


def test_size_span_and_platforms(bakery: Story) -> None:
    posts = bakery.posts()
    assert len(posts) >= 190
    assert bakery.end - bakery.start == timedelta(days=21, hours=1)  # the clocks go back once
    assert posts[0].at - bakery.start < timedelta(days=1)
    assert bakery.end - posts[-1].at < timedelta(days=1)
    assert min(Counter(post.platform for post in posts).values()) >= 60


def test_every_topic_is_there_and_most_posts_are_good(bakery: Story) -> None:
    topics = Counter(topic for expect in bakery.expected().values() for topic in expect)
    assert {topic for topic in TOPICS if topics[topic] < 2} == set()
    assert set(topics) == {*TOPICS, *SINGLES}
    weeks = Counter((post.at - bakery.start).days // 7 for post in bakery.posts() if post.expect)
    assert max(weeks.values()) <= 12
    brand = [post for post in bakery.posts() if post.author == bakery.brand[post.platform]]
    assert all(post in brand for post in bakery.posts() if post.expect)
    assert len(bakery.expected()) < len(brand) / 4


def test_expectations_are_never_served(bakery: Story, open_box: Open) -> None:
    box = open_box(story=bakery)
    client = x_client(box)
    client.return_type = dict
    every = "attachments,author_id,conversation_id,entities,note_tweet,public_metrics,referenced_tweets"
    answer = str(client.get_users_tweets(box.brand_id("x"), max_results=100, tweet_fields=every))
    assert not [topic for topic in (*TOPICS, *SINGLES) if topic in answer]
    assert "expect" not in answer


def test_ids_are_unique_and_parents_come_first(bakery: Story) -> None:
    world = World(bakery, natures())
    items = [item for platform in SITES for item in world.items(platform)]
    ids = [(item.post.platform, version.id) for item in items for version in item.versions]
    assert len({item.post.ref for item in items}) == len(items) == len(bakery.posts())
    assert len({(p, i) for p, i in ids if p == "x"}) == sum(p == "x" for p, _ in ids)
    late = [i.post.ref for i in items if i.parent and not i.parent.visible(i.first.at)]
    assert late == []


def test_accidents_of_every_kind(bakery: Story) -> None:
    kinds = Counter(type(event) for event in bakery.events)
    by_ref = {post.ref: post for post in bakery.posts()}
    deleted = [by_ref[event.ref] for event in bakery.events if isinstance(event, Delete)]
    assert (kinds[Edit], kinds[Remove]) == (2, 1)
    assert any(post.expect for post in deleted)
    assert any(post.author not in bakery.brand.values() for post in deleted)
    gaps = [later.at - earlier.at for earlier, later in pairwise(bakery.posts())]
    assert max(gaps) > timedelta(hours=40)


def test_texts_of_every_kind(bakery: Story) -> None:
    words = texts(bakery)
    posts = bakery.posts()
    assert {"es", "fr", "de", "ar"} <= {post.lang for post in posts}
    assert any(not re.search(r"\w", text) for text in words), "emoji only"
    assert any(re.fullmatch(r"https?://\S+", text) for text in words), "link only"
    assert any(re.search(r"[\u0590-\u08ff]", text) for text in words), "right to left"
    assert any("\u200b" in text for text in words), "zero width"
    assert any("<script>" in text for text in words)
    assert any("<script>" in profile.name for profile in bakery.profiles)
    assert any(len(post.text) > 280 for post in posts if post.platform == "x")
    photos = [photo for post in posts for photo in post.photos]
    assert {photo.alt_text is None for photo in photos} == {True, False}


def test_each_person_has_signed_and_the_newcomer_comes_late(bakery: Story) -> None:
    brand = [post for post in bakery.posts() if post.author == bakery.brand[post.platform]]
    signed = {
        mark: [post.at for post in brand if post.text.endswith(mark)]
        for mark in ("^TK", "^SO", "^LB", "Maya")
    }
    assert all(len(times) > 5 for times in signed.values())
    assert min(signed["^LB"]) - bakery.start > timedelta(days=14)


def test_contact_data_is_fictional(bakery: Story) -> None:
    everything = "\n".join(texts(bakery))
    assert re.findall(r"555-(?!01\d\d)\d{4}", everything) == []
    assert {mail.split("@")[1] for mail in re.findall(r"[\w.]+@[\w-]+\.[\w.]+\w", everything)} <= {
        "example.org",
        "example.com",
    }


def test_the_bad_afternoon_on_both_platforms(bakery: Story) -> None:
    zone = ZoneInfo(bakery.time_zone)
    start = datetime(2026, 11, 5, 12, tzinfo=zone)
    bad = [p for p in bakery.posts() if start <= p.at < start + timedelta(hours=6) and p.expect]
    assert {post.platform for post in bad} == set(SITES)
    assert {
        "complaint-brushed-off",
        "asks-private-data-in-public",
        "hostile-or-sarcastic-reply",
        "unauthorised-promise",
    } == {topic for post in bad for topic in post.expect}


def test_the_whole_story_can_be_read_with_both_clients(bakery: Story, open_box: Open) -> None:
    box = open_box(story=bakery)
    world, now = box.world, bakery.end
    client = x_client(box)
    own = tweepy.Paginator(client.get_users_tweets, box.brand_id("x"), max_results=100).flatten()
    visible = [i for i in world.authored(world.brand("x")) if i.visible(now)]  # type: ignore[arg-type]
    assert {str(tweet.id) for tweet in own} == {item.current(now).id for item in visible}
    reddit = reddit_client(box)
    found = {
        c.fullname for place in ("juniperandrye", "portlandmaine") for c in reddit.subreddit(place).comments()
    }
    comments = [i for i in world.items("reddit") if i.parent and i.visible(now)]
    assert found == {box.external_id(item.post.ref) for item in comments}
    assert [c.author.name for c in reddit.inbox.mentions()]


def test_the_clock_decides_what_is_there(bakery: Story, open_box: Open) -> None:
    box = open_box(story=bakery, at=datetime(2026, 10, 26, 15, 10, tzinfo=UTC))
    client = x_client(box)
    leaked = box.external_id("wrong-draft/1")
    assert "[CLIENT NAME]" in client.get_tweet(leaked).data.text
    box.clock.advance(timedelta(minutes=20))
    assert client.get_tweet(leaked).data is None


def write(folder: Path, body: str, *, head: str = "") -> Path:
    standard = (
        "name: Tiny\ntime_zone: Europe/Berlin\nstart: 2026-01-01 00:00\nend: 2026-01-02 00:00\n"
        "brand: {x: us}\nprofiles:\n  - {platform: x, handle: us, name: Us}\n"
    )
    (folder / "story.yaml").write_text(head or standard, encoding="utf-8")
    (folder / "week1.yaml").write_text(body, encoding="utf-8")
    return folder


THREAD = "- thread: t\n  platform: x\n  posts:\n    - {at: 2026-01-01 08:00, author: us, text: Hi}\n"


def test_local_times_become_utc(tmp_path: Path) -> None:
    (post,) = read_story(write(tmp_path, THREAD)).posts()
    assert post.at == datetime(2026, 1, 1, 7, tzinfo=UTC)
    assert post.ref == "t/1"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{at: 2026-01-01 08:10, author: them, text: Hi}", "week1.yaml:5: .*nobody on x is called 'them'"),
        ("{at: 2026-01-01 08:10, author: us}", "week1.yaml:5: 'text' is missing"),
        ("{at: soon, author: us, text: Hi}", "week1.yaml:5: 'soon' is not a time"),
        ("{at: 2026-02-01 08:10, author: us, text: Hi}", "week1.yaml:5: happens outside the story"),
        ("{at: 2026-01-01 07:10, author: us, text: Hi}", "week1.yaml:5: .*not an earlier post"),
        ("{at: 2026-01-01 08:10, author: us, text: Hi, to: 7}", "week1.yaml:5: the thread has no post 7"),
        ("{at: 2026-01-01 08:10, author: us, words: Hi}", "week1.yaml:5: unknown key 'words'"),
        ("{at: 2026-01-01 08:10, at: 2026-01-01 08:11}", "week1.yaml:5: key 'at' stands here twice"),
        ("{at: 2026-01-01 09:00, edit: 1, text: Ho}", "week1.yaml:5: .*more than 30 minutes"),
        ("{at: 2026-01-01 08:05, remove: 1}", "week1.yaml:5: .*X has no moderators"),
        ("{at: 2026-01-01 08:05, delete: 1, lang: de}", "week1.yaml:5: unknown key 'lang'"),
        ("{at: 2026-01-01 08:05, delete: other/1}", "week1.yaml:5: no post is called 'other/1'"),
        ("[what]", "week1.yaml:5: expected keys and values"),
        ("{at: 2026-01-01", "week1.yaml:[56]: "),
    ],
)
def test_mistakes_name_file_and_line(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(StoryError, match=message):
        read_story(write(tmp_path, f"{THREAD}    - {line}\n"))


def test_mistakes_in_the_head(tmp_path: Path) -> None:
    with pytest.raises(StoryError, match=r"story\.yaml:2: 'Atlantis/Deep' is not an IANA time zone"):
        read_story(write(tmp_path, THREAD, head="name: Tiny\ntime_zone: Atlantis/Deep\n"))
    with pytest.raises(StoryError, match=r"week1\.yaml:1: the file is empty"):
        read_story(write(tmp_path, "# nothing\n"))


def test_unknown_story_names_the_known() -> None:
    with pytest.raises(StoryError, match="known: bakery"):
        load_story("butcher")
