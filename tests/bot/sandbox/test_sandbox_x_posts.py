"""What the X server says of a post, read by the real tweepy client."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import requests
from sandbox_clients import Open, x_client
from x_posts import post

from bot.connectors.x.client import XCredentials
from bot.connectors.x.connector import XConnector
from bot.connectors.x.fake.api import XFake
from bot.ports import AccountRef
from bot.sandbox import Edit, Photo, Profile, replies, story_of, timeline
from bot.sandbox.synthetic import BRAND, EPOCH
from policies.model.post import Kind

ALL_FIELDS = (
    "attachments,author_id,conversation_id,created_at,edit_controls,entities,in_reply_to_user_id,lang,note_tweet,"
    "public_metrics,referenced_tweets"
)


def test_only_default_fields_unless_asked(open_box: Open) -> None:
    box = open_box(*timeline(1))
    bare = x_client(box).get_tweet(box.external_id("p0")).data.data
    assert set(bare) == {"id", "text", "edit_history_tweet_ids"}


def test_an_edit_is_a_new_id_in_one_history(open_box: Open) -> None:
    told = story_of(*timeline(1)).with_events(Edit(ref="p0", at=EPOCH + timedelta(minutes=9), text="Mended."))
    box = open_box(story=told, at=EPOCH)
    client = x_client(box)
    before = client.get_users_tweets(box.brand_id("x"), tweet_fields="edit_controls").data[0]
    box.clock.advance(timedelta(minutes=10))
    after = client.get_users_tweets(box.brand_id("x"), tweet_fields="edit_controls").data[0]
    history = [int(box.external_id("p0", version=n)) for n in (0, 1)]
    assert (before.id, before.text) == (history[0], "Post number 0.")
    assert (after.id, after.text, after.edit_history_tweet_ids) == (history[1], "Mended.", history)
    assert (before.edit_controls["edits_remaining"], after.edit_controls["edits_remaining"]) == (5, 4)
    old = client.get_tweet(history[0]).data
    assert (old.text, old.edit_history_tweet_ids) == ("Post number 0.", history)


def test_long_posts_come_whole_in_note_tweet(open_box: Open) -> None:
    long = "word " * 100 + "end"
    box = open_box(post("long", 0, long))
    found = x_client(box).get_tweet(box.external_id("long"), tweet_fields="note_tweet").data
    assert len(found.text) == 280
    assert found.data["note_tweet"]["text"] == long


def test_photos_with_and_without_alt_text(open_box: Open) -> None:
    photos = (
        Photo(url="https://pics.example.com/1.jpg", alt_text="A loaf"),
        Photo(url="https://pics.example.com/2.jpg"),
    )
    box = open_box(post("pics", 0, "Look", photos=photos))
    found = x_client(box).get_tweet(
        box.external_id("pics"),
        tweet_fields="attachments,entities",
        expansions="attachments.media_keys",
        media_fields="alt_text,url,type",
    )
    first, second = found.includes["media"]
    assert found.data.attachments["media_keys"] == [first.media_key, second.media_key]
    assert (first.alt_text, first.url) == ("A loaf", "https://pics.example.com/1.jpg")
    assert "alt_text" not in second.data
    assert found.data.entities["urls"][0]["expanded_url"].endswith("/photo/1")


def test_replies_say_what_and_whom_they_answer(open_box: Open) -> None:
    root = post("root", 0, "Good morning")
    box = open_box(root, *replies(1, to=root), post("own", 9, "And another thing", parent="root"))
    client = x_client(box)
    answer = client.get_tweet(box.external_id("root.r0"), tweet_fields=ALL_FIELDS).data
    assert str(answer.conversation_id) == box.external_id("root")
    assert str(answer.in_reply_to_user_id) == box.brand_id("x")
    assert [(r.type, str(r.id)) for r in answer.referenced_tweets] == [
        ("replied_to", box.external_id("root"))
    ]
    assert client.get_tweet(box.external_id("own")).data.text == "And another thing"


def test_links_go_through_t_co_and_markup_is_escaped(open_box: Open) -> None:
    box = open_box(post("link", 0, "R&D <b> see http://bit.ly/abc, please @somebody"))
    found = x_client(box).get_tweet(box.external_id("link"), tweet_fields="entities").data
    (url,) = found.entities["urls"]
    assert url["expanded_url"] == "http://bit.ly/abc"
    assert found.text[url["start"] : url["end"]] == url["url"]
    assert found.text.startswith("R&amp;D &lt;b&gt; see https://t.co/")
    (mention,) = found.entities["mentions"]
    assert found.text[mention["start"] : mention["end"]] == "@somebody"


def test_lone_surrogates_arrive(open_box: Open) -> None:
    box = open_box(post("half", 0, "half \ud83d emoji"))
    assert x_client(box).get_tweet(box.external_id("half")).data.text == "half \ud83d emoji"


def test_names_of_2026_08_on_request(open_box: Open) -> None:
    root = post("root", 0, "Good morning")
    box = open_box(root, *replies(1, to=root), fakes={"x": partial(XFake, new_names=True)})
    client = x_client(box)
    client.return_type = dict
    found = client.get_tweet(box.external_id("root.r0"), tweet_fields="referenced_tweets")["data"]
    assert found["edit_history_post_ids"] == [box.external_id("root.r0")]
    assert found["referenced_posts"][0]["type"] == "replied_to"
    assert "edit_history_tweet_ids" not in found


def test_display_names_arrive_as_typed(open_box: Open) -> None:
    name = "Bobby <script>alert(1)</script>"
    (hello,) = timeline(1, author="bobby")
    told = story_of(hello, profiles=(Profile(platform="x", handle="bobby", name=name),))
    assert x_client(open_box(story=told)).get_user(username="bobby").data.name == name


def test_new_names_follow_from_post_fields(open_box: Open) -> None:
    box = open_box(*timeline(1))
    token = {"Authorization": f"Bearer {box.fake('x').keys.bearer_token}"}
    url = f"{box.url('x')}/2/tweets?ids={box.external_id('p0')}&post.fields=created_at,note_post"
    (found,) = requests.get(url, headers=token, timeout=20).json()["data"]
    assert found["edit_history_post_ids"] == [box.external_id("p0")]
    assert "created_at" in found


def test_a_post_that_is_passed_on_is_cut_and_names_the_whole_one(open_box: Open) -> None:
    said = post("said", 0, "They brought the cake up all the stairs. " * 5, "guest")
    box = open_box(said, post("passed", 1, "", shares="said"))
    client = x_client(box)
    passed = client.get_users_tweets(box.brand_id("x"), tweet_fields="referenced_tweets").data[0]
    assert passed.text.startswith("RT @guest: They brought the cake")
    assert (len(passed.text), passed.text[-1]) == (140, "…")
    (whole,) = passed.referenced_tweets
    assert (whole.type, whole.id) == ("retweeted", int(box.external_id("said")))


def test_a_poll_comes_beside_its_post(open_box: Open) -> None:
    box = open_box(post("asks", 0, "Which one?", poll=("Rye", "Wheat")))
    answer = x_client(box).get_users_tweets(
        box.brand_id("x"), tweet_fields="attachments", expansions="attachments.poll_ids"
    )
    (poll,) = answer.includes["polls"]
    assert [option["label"] for option in poll.options] == ["Rye", "Wheat"]
    assert answer.data[0].attachments == {"poll_ids": [str(poll.id)]}


def test_polls_and_shares_are_read_as_such(open_box: Open) -> None:
    box = open_box(
        post("said", 0, "Lovely bread", "guest"),
        post("passed", 1, "", shares="said"),
        post("asks", 2, "Which one?", poll=("Rye", "Wheat")),
    )
    connector = XConnector(XCredentials(bearer_token="sandbox-x-bearer"), base_url=box.url("x"))
    account = AccountRef(brand="b", platform="x", handle=BRAND)
    pages = connector.pull(account, "own", None, _Unlimited(), box.clock.now())
    found = {one.kind: one.text for page in pages for one in page.posts}
    assert found == {Kind.SHARE: "RT @guest: Lovely bread", Kind.POST: "Which one?\nRye\nWheat"}


class _Unlimited:
    """An allowance for which money is no object."""

    def reads(self, resource: str, *, owned: bool) -> int | None:
        return None
