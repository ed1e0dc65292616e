"""What X and Reddit keep beside the text of a post."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.connectors.reddit.normalize import normalize as from_reddit
from bot.connectors.x.normalize import WatchedProfile, read_includes
from bot.connectors.x.normalize import normalize as from_x
from policies.model.post import Kind, Post

SEEN = datetime(2026, 6, 1, tzinfo=UTC)


def thing(kind: str = "t3", **data: Any) -> Post:
    base = {
        "name": f"{kind}_ab",
        "author": "brand",
        "created_utc": 1.7e9,
        "title": "Our week",
        "link_id": "t3_x",
    }
    return from_reddit({"kind": kind, "data": {**base, **data}}, account="brand", seen_at=SEEN)


def tweet(**data: Any) -> Post:
    base = {"id": "1577730467436138524", "author_id": "17", "text": "Which one?"}
    poll = {"id": "9", "options": [{"position": 1, "label": "Rye"}, {"position": 2, "label": "Oat"}]}
    return from_x(
        {**base, **data},
        account=WatchedProfile(handle="brand", id="17", own_list=True),
        seen_at=SEEN,
        includes=read_includes({"polls": [poll]}),
    )


def test_the_options_of_polls_are_text() -> None:
    assert tweet(attachments={"poll_ids": ["9"]}).text == "Which one?\nRye\nOat"
    assert tweet(attachments={"poll_ids": ["8"]}).text == "Which one?"
    assert thing(poll_data={"options": [{"text": "Rye"}, {"text": "Oat"}]}).text == "Our week\n\nRye\n\nOat"


def test_a_retweet_is_a_share() -> None:
    assert tweet(referenced_tweets=[{"type": "retweeted", "id": "1"}]).kind is Kind.SHARE
    assert tweet(referenced_tweets=[{"type": "quoted", "id": "1"}]).kind is Kind.POST


def test_captions_of_a_gallery_are_text_and_their_links_are_links() -> None:
    items = [{"caption": "Rye", "outbound_url": "https://bit.ly/a"}, {"media_id": "b"}]
    post = thing(gallery_data={"items": items}, is_self=True)
    assert post.text == "Our week\n\nRye"
    assert [item.url for item in post.media if item.kind == "link"] == ["https://bit.ly/a"]


@pytest.mark.parametrize(
    ("author", "body", "gone"),
    [
        ("[deleted]", "[ Removed by Reddit ]", True),
        ("[unavailable]", "[unavailable]", True),
        ("bob", "[removed by moderator]", True),
        ("bob", "[removed]", False),
        ("[deleted]", "Is it vegan?", False),
    ],
)
def test_tombstones(author: str, body: str, gone: bool) -> None:
    assert (thing("t1", author=author, body=body).deleted_at == SEEN) is gone
