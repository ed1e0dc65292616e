"""Each fault, as the real clients meet it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests
import tweepy
from prawcore.exceptions import BadJSON, TooManyRequests
from sandbox_clients import Open, reddit_client, x_client

from bot.sandbox import Delete, Edit, Fault, FaultKind, Sandbox, story_of, timeline
from bot.sandbox.synthetic import BRAND, EPOCH, SUBREDDIT


def x_fault(kind: FaultKind, **more: object) -> Fault:
    return Fault(kind=kind, platform="x", **more)  # type: ignore[arg-type]


def page(box: Sandbox, **options: object) -> tweepy.Response:
    return x_client(box).get_users_tweets(box.brand_id("x"), **options)


def refs(response: tweepy.Response, box: Sandbox) -> list[str]:
    names = {box.external_id(post.ref): post.ref for post in box.world.story.posts()}
    return [names[str(tweet.id)] for tweet in response.data]


def test_429_with_a_reset_by_the_sandbox_clock(open_box: Open) -> None:
    box = open_box(*timeline(1))
    box.faults.add(x_fault(FaultKind.RATE_LIMIT, seconds=600))
    with pytest.raises(tweepy.TooManyRequests) as refused:
        page(box)
    assert refused.value.reset_time == int(box.clock.now().timestamp()) + 600
    assert len(page(box).data) == 1


def test_429_without_a_reset(open_box: Open) -> None:
    box = open_box(*timeline(1))
    box.faults.add(x_fault(FaultKind.RATE_LIMIT_SILENT))
    with pytest.raises(tweepy.TooManyRequests) as refused:
        page(box)
    assert refused.value.reset_time is None


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (FaultKind.UNAVAILABLE, tweepy.TwitterServerError),
        (FaultKind.UNAUTHORIZED, tweepy.Unauthorized),
        (FaultKind.CUT_JSON, requests.exceptions.JSONDecodeError),
        (FaultKind.DROP, requests.exceptions.ConnectionError),
        (FaultKind.TIMEOUT, requests.exceptions.ReadTimeout),
    ],
)
def test_failures_strike_once_and_pass(open_box: Open, kind: FaultKind, error: type[Exception]) -> None:
    box = open_box(*timeline(1))
    box.faults.add(x_fault(kind, seconds=60))
    impatient = x_client(box, timeout=0.3 if kind is FaultKind.TIMEOUT else 20)
    with pytest.raises(error):
        impatient.get_users_tweets(box.brand_id("x"))
    assert len(page(box).data) == 1


def test_times_after_and_prefix(open_box: Open) -> None:
    box = open_box(*timeline(1))
    box.faults.add(x_fault(FaultKind.UNAVAILABLE, path_prefix="/2/users/by", after=1, times=2))
    client = x_client(box)
    outcomes = []
    for _ in range(4):
        try:
            client.get_user(username=BRAND)
            outcomes.append("ok")
        except tweepy.TwitterServerError:
            outcomes.append("503")
    assert outcomes == ["ok", "503", "503", "ok"]
    assert box.faults.armed() == []


def test_a_repeated_page_repeats_its_cursor(open_box: Open) -> None:
    box = open_box(*timeline(15))
    first = page(box, max_results=5)
    box.faults.add(x_fault(FaultKind.REPEAT_PAGE))
    second = page(box, max_results=5, pagination_token=first.meta["next_token"])
    third = page(box, max_results=5, pagination_token=second.meta["next_token"])
    assert second.meta["next_token"] == first.meta["next_token"]
    assert refs(second, box) == refs(first, box)
    assert refs(third, box) == [f"p{n}" for n in (9, 8, 7, 6, 5)]


def test_a_shuffled_page_has_the_same_posts(open_box: Open) -> None:
    box = open_box(*timeline(5))
    box.faults.add(x_fault(FaultKind.REORDER_PAGE))
    shuffled = refs(page(box), box)
    assert shuffled not in ([f"p{n}" for n in range(5)], [f"p{n}" for n in reversed(range(5))])
    assert sorted(shuffled) == [f"p{n}" for n in range(5)]


def test_posts_edited_and_deleted_between_pages(open_box: Open) -> None:
    later = EPOCH + timedelta(minutes=20)
    told = story_of(*timeline(10)).with_events(
        Edit(ref="p1", at=later, text="Other words"), Delete(ref="p3", at=later)
    )
    box = open_box(story=told, at=EPOCH + timedelta(minutes=15))
    box.faults.add(x_fault(FaultKind.TURN_CLOCK, after=1, seconds=600))
    pages = list(tweepy.Paginator(x_client(box).get_users_tweets, box.brand_id("x"), max_results=5))
    texts = [tweet.text for p in pages for tweet in p.data]
    assert texts == [f"Post number {n}." for n in (9, 8, 7, 6, 5, 4, 2, 0)]
    newest = page(box).data[0]
    assert newest.text == "Other words"


def test_reddit_429_names_the_seconds(open_box: Open) -> None:
    box = open_box(*timeline(1, platform="reddit"))
    box.faults.add(Fault(kind=FaultKind.RATE_LIMIT, platform="reddit", path_prefix="/r/", seconds=120))
    with pytest.raises(TooManyRequests) as refused:
        list(reddit_client(box).subreddit(SUBREDDIT).new())
    assert float(refused.value.retry_after) == 120


def test_reddit_cut_json(open_box: Open) -> None:
    box = open_box(*timeline(1, platform="reddit"))
    box.faults.add(Fault(kind=FaultKind.CUT_JSON, path_prefix="/r/"))
    with pytest.raises(BadJSON):
        list(reddit_client(box).subreddit(SUBREDDIT).new())


def test_praw_gets_over_a_dead_token_and_a_503(open_box: Open) -> None:
    box = open_box(*timeline(1, platform="reddit"))
    box.faults.add(Fault(kind=FaultKind.UNAUTHORIZED, path_prefix="/r/"))
    assert len(list(reddit_client(box).subreddit(SUBREDDIT).new())) == 1
    assert box.meter.requests("reddit", "/api/v1/access_token") == 2


def test_reddit_pages_repeat_and_shuffle(open_box: Open) -> None:
    box = open_box(*timeline(150, platform="reddit"))
    box.faults.add(Fault(kind=FaultKind.REPEAT_PAGE, path_prefix="/user/", after=1))
    found = [s.fullname for s in reddit_client(box).redditor(BRAND).submissions.new(limit=None)]
    assert len(found) == 200
    assert len(set(found)) == 100


def test_stop_lets_go_of_held_requests() -> None:
    box = Sandbox(story_of(*timeline(1)))
    box.faults.add(x_fault(FaultKind.TIMEOUT, seconds=3_600, times=None))
    with box, pytest.raises(requests.exceptions.ReadTimeout):
        requests.get(f"{box.url('x')}/2/users/me", timeout=0.1)
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get(f"{box.url('x')}/2/users/me", timeout=1)
