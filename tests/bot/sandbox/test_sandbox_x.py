"""The X side, read by the real tweepy client."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests
import tweepy
from sandbox_clients import Open, x_client
from x_posts import post

from bot.sandbox import Delete, replies, story_of, timeline
from bot.sandbox.synthetic import BRAND, CUSTOMER, EPOCH


def ids(response: tweepy.Response) -> list[str]:
    return [str(tweet.id) for tweet in response.data or []]


def test_user_lookups(open_box: Open) -> None:
    box = open_box()
    client = x_client(box)
    assert str(client.get_user(username=BRAND.upper()).data.id) == box.brand_id("x")
    missing = client.get_user(username="nobodyhere")
    assert missing.data is None
    assert missing.errors[0]["title"] == "Not Found Error"


def test_me_needs_a_user_not_an_app(open_box: Open) -> None:
    box = open_box()
    assert x_client(box, oauth1=True).get_me().data.username == BRAND
    assert x_client(box, token=box.fake("x").keys.user_token).get_me(user_auth=False).data.username == BRAND
    with pytest.raises(tweepy.Forbidden):
        x_client(box).get_me(user_auth=False)


def test_unknown_tokens_are_refused_in_x_words(open_box: Open) -> None:
    with pytest.raises(tweepy.Unauthorized) as refused:
        x_client(open_box(), token="stale").get_user(username=BRAND)
    assert refused.value.api_messages == ["Unauthorized"]


def test_timeline_pages_newest_first_without_gap_or_repeat(open_box: Open) -> None:
    box = open_box(*timeline(237))
    pages = list(tweepy.Paginator(x_client(box).get_users_tweets, box.brand_id("x"), max_results=100))
    found = [i for page in pages for i in ids(page)]
    assert [page.meta["result_count"] for page in pages] == [100, 100, 37]
    assert found == [box.external_id(f"p{n}") for n in reversed(range(237))]
    assert "next_token" not in pages[-1].meta
    assert pages[0].meta["newest_id"] == found[0]


def test_since_and_until_ids_are_exclusive(open_box: Open) -> None:
    box = open_box(*timeline(10))
    some = x_client(box).get_users_tweets(
        box.brand_id("x"), since_id=box.external_id("p3"), until_id=box.external_id("p7")
    )
    assert ids(some) == [box.external_id(f"p{n}") for n in (6, 5, 4)]


def test_start_is_inclusive_and_end_exclusive(open_box: Open) -> None:
    box = open_box(*timeline(10))
    some = x_client(box).get_users_tweets(
        box.brand_id("x"),
        start_time=EPOCH + timedelta(minutes=2),
        end_time=EPOCH + timedelta(minutes=4),
    )
    assert ids(some) == [box.external_id("p3"), box.external_id("p2")]


def test_nothing_new_is_an_empty_page(open_box: Open) -> None:
    box = open_box(*timeline(3))
    none = x_client(box).get_users_tweets(box.brand_id("x"), since_id=box.external_id("p2"))
    assert none.data is None
    assert none.meta == {"result_count": 0}


@pytest.mark.parametrize("size", [4, 101])
def test_page_sizes_out_of_range_are_refused(open_box: Open, size: int) -> None:
    box = open_box()
    with pytest.raises(tweepy.BadRequest) as refused:
        x_client(box).get_users_tweets(box.brand_id("x"), max_results=size)
    assert "max_results" in refused.value.api_messages[0]


def test_unknown_fields_are_refused(open_box: Open) -> None:
    box = open_box()
    with pytest.raises(tweepy.BadRequest, match=r"tweet\.fields"):
        x_client(box).get_users_tweets(box.brand_id("x"), tweet_fields="colour")


def test_window_of_3200_ends_silently_below_an_old_since_id(open_box: Open) -> None:
    box = open_box(*timeline(3_300, every=timedelta(seconds=1)))
    client = x_client(box)
    pages = tweepy.Paginator(
        client.get_users_tweets, box.brand_id("x"), since_id=box.external_id("p0"), max_results=100
    )
    found = [str(tweet.id) for tweet in pages.flatten()]
    assert len(found) == 3_200
    assert found[-1] == box.external_id("p100")


def test_window_of_800_for_mentions_and_without_replies(open_box: Open) -> None:
    told = timeline(850, author=CUSTOMER, text="@ExampleBrand hello {n}", every=timedelta(seconds=1))
    box = open_box(*told)
    client = x_client(box)
    mentions = tweepy.Paginator(client.get_users_mentions, box.brand_id("x"), max_results=100).flatten()
    assert len(list(mentions)) == 800
    customer = str(client.get_user(username=CUSTOMER).data.id)
    short = tweepy.Paginator(client.get_users_tweets, customer, exclude="replies", max_results=100).flatten()
    assert len(list(short)) == 800


def test_mentions_are_whole_words_and_replies_count(open_box: Open) -> None:
    root = post("root", 0, "Good morning")
    box = open_box(
        root,
        *replies(1, to=root),
        post("near", 5, "@examplebrandish hi", CUSTOMER),
        post("mail", 6, "me@examplebrand.example", CUSTOMER),
        post("other", 7, "@examplebrand hi", CUSTOMER),
    )
    found = x_client(box).get_users_mentions(box.brand_id("x"))
    assert ids(found) == [box.external_id("other"), box.external_id("root.r0")]
    assert found.data[1].text == "@examplebrand Answer number 0."


def test_lookup_of_a_hundred_names_the_missing(open_box: Open) -> None:
    told = story_of(*timeline(3)).with_events(Delete(ref="p1", at=EPOCH + timedelta(hours=1)))
    box = open_box(story=told)
    answer = x_client(box).get_tweets([box.external_id(f"p{n}") for n in range(3)])
    assert ids(answer) == [box.external_id("p0"), box.external_id("p2")]
    (error,) = answer.errors
    assert error["resource_id"] == box.external_id("p1")
    assert error["type"].endswith("/resource-not-found")
    with pytest.raises(tweepy.BadRequest):
        x_client(box).get_tweets(list(range(1, 102)))


def test_one_post_by_id(open_box: Open) -> None:
    box = open_box(*timeline(1))
    client = x_client(box)
    assert client.get_tweet(box.external_id("p0")).data.text == "Post number 0."
    assert client.get_tweet(1).errors[0]["resource_type"] == "tweet"


def test_search_finds_a_conversation_of_seven_days(open_box: Open) -> None:
    root = post("root", 0, "Good morning")
    box = open_box(root, *replies(12, to=root, every=timedelta(days=1)), at=EPOCH + timedelta(days=12))
    query = f"conversation_id:{box.external_id('root')} from:{CUSTOMER}"
    found = x_client(box).search_recent_tweets(query, max_results=10)
    assert ids(found) == [box.external_id(f"root.r{n}") for n in range(11, 3, -1)]
    with pytest.raises(tweepy.BadRequest, match="start_time"):
        x_client(box).search_recent_tweets(query, start_time=EPOCH)


def test_search_pages_with_next_token(open_box: Open) -> None:
    box = open_box(*timeline(25, every=timedelta(seconds=1)))
    pages = tweepy.Paginator(x_client(box).search_recent_tweets, f"from:{BRAND}", max_results=10)
    assert [page.meta["result_count"] for page in pages] == [10, 10, 5]


def test_quotes(open_box: Open) -> None:
    box = open_box(post("said", 0, "Hm"), post("quote", 1, "Look at this", CUSTOMER, quotes="said"))
    found = x_client(box).get_quote_tweets(
        box.external_id("said"), expansions="author_id,referenced_tweets.id"
    )
    assert ids(found) == [box.external_id("quote")]
    assert [user.username for user in found.includes["users"]] == [CUSTOMER]
    assert [str(tweet.id) for tweet in found.includes["tweets"]] == [box.external_id("said")]


def test_rate_limit_headers_and_refusal(open_box: Open) -> None:
    box = open_box(*timeline(1))
    client = x_client(box)
    client.return_type = requests.Response
    first = client.get_quote_tweets(box.external_id("p0"))
    assert (first.headers["x-rate-limit-limit"], first.headers["x-rate-limit-remaining"]) == ("75", "74")
    for _ in range(74):
        client.get_quote_tweets(box.external_id("p0"))
    with pytest.raises(tweepy.TooManyRequests) as refused:
        client.get_quote_tweets(box.external_id("p0"))
    assert refused.value.reset_time > box.clock.now().timestamp()
    box.clock.advance(timedelta(minutes=15))
    assert client.get_quote_tweets(box.external_id("p0")).status_code == 200


def test_oauth1_reads_too(open_box: Open) -> None:
    box = open_box(*timeline(2))
    found = x_client(box, oauth1=True).get_users_tweets(box.brand_id("x"), user_auth=True)
    assert len(found.data) == 2
