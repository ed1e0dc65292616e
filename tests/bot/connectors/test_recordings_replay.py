"""Recorded answers of the real platforms, replayed through the real clients (vcrpy)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import vcr

from bot.connectors.reddit.client import RedditCredentials
from bot.connectors.reddit.connector import RedditConnector
from bot.connectors.x.client import XCredentials
from bot.connectors.x.connector import XConnector
from bot.ports import AccountRef, Page
from policies.model.keys import PostKey
from policies.model.post import Direction, Kind, Post

pytestmark = pytest.mark.shared_data
NOW = datetime(2026, 11, 22, tzinfo=UTC)


class Unlimited:
    def reads(self, resource: str, *, owned: bool) -> int | None:
        return None


def x_tape(shared_data: Path, name: str) -> Any:
    tapes = vcr.VCR(record_mode="none", match_on=["method", "host", "path"], decode_compressed_response=True)
    return tapes.use_cassette(str(shared_data / "recordings" / "x" / name))


def reddit_tape(shared_data: Path, name: str) -> Any:
    tapes = vcr.VCR(
        record_mode="none",
        serializer="json",
        decode_compressed_response=True,
        match_on=["method", "scheme", "host", "path", "query"],
    )
    return tapes.use_cassette(str(shared_data / "recordings" / "reddit" / f"{name}.json"))


def first_page(
    connector: Any, account: AccountRef, stream: str, cursor: Mapping[str, Any] | None = None
) -> Page:
    """The recorded page; what follows it was not recorded."""
    (page,) = islice(connector.pull(account, stream, cursor, Unlimited(), NOW), 1)
    assert isinstance(page, Page)
    return page


X = AccountRef(brand="b", platform="x", handle="Twitter", options={"first_days": 5000})


@pytest.mark.parametrize(
    ("stream", "tape", "direction", "count"),
    [
        ("own", "test_client_get_users_tweets.yaml", Direction.OUTBOUND, 2),
        ("mentions", "test_client_get_users_mentions.yaml", Direction.INBOUND, 10),
    ],
)
def test_x_timelines(shared_data: Path, stream: str, tape: str, direction: Direction, count: int) -> None:
    with x_tape(shared_data, tape) as played:
        page = first_page(XConnector(XCredentials(bearer_token="t")), X, stream, {"user_id": "783214"})
    assert played.play_count == 1
    assert len(page.posts) == len(page.reads) == count
    assert {p.direction for p in page.posts} == {direction}
    assert page.unchecked == ()
    assert page.cursor["until"] == min(int(p.version_id or 0) for p in page.posts)


def test_x_lookup(shared_data: Path) -> None:
    known = [_known("x", "Twitter", post_id) for post_id in ("1293593516040269825", "1293595870563381249")]
    with x_tape(shared_data, "test_client_get_tweets.yaml") as played:
        look = XConnector(XCredentials(bearer_token="t")).look_again(X, known, Unlimited(), NOW)
    assert played.play_count == 1
    assert {p.key for p in look.posts} == {p.key for p in known}
    assert look.gone == ()
    assert all("#" in p.text or "http" in p.text for p in look.posts)


INBOX = {"client_id": "i", "client_secret": "s", "refresh_token": "r"}
PUBLIC = {"client_id": "i", "client_secret": "s"}


@pytest.mark.parametrize(
    ("stream", "tape", "handle", "keys", "size", "kind"),
    [
        ("comments", "TestRedditorListings.test_comments__new", "spez", PUBLIC, 100, Kind.COMMENT),
        ("submissions", "TestRedditorListings.test_submissions__new", "spez", PUBLIC, 100, Kind.POST),
        ("mentions", "TestInbox.test_mentions", "me", INBOX, 16, Kind.COMMENT),
        ("mentions", "TestInbox.test_mention__refresh", "me", INBOX, 100, Kind.COMMENT),
        ("replies", "TestInbox.test_comment_replies", "me", INBOX, 64, Kind.COMMENT),
    ],
)
def test_reddit_listings(
    shared_data: Path, stream: str, tape: str, handle: str, keys: dict[str, str], size: int, kind: Kind
) -> None:
    account = AccountRef(brand="b", platform="reddit", handle=handle, options={"first_days": 9000})
    connector = RedditConnector(RedditCredentials(**keys), page_size=size)
    with reddit_tape(shared_data, tape) as played:
        page = first_page(connector, account, stream)
    assert played.play_count == 2  # a token and a list: PRAW fetches nothing behind our back
    assert len(page.posts) == size
    assert {p.kind for p in page.posts} == {kind}
    own = stream in ("comments", "submissions")
    assert {p.direction for p in page.posts} == {Direction.OUTBOUND if own else Direction.INBOUND}
    assert all(p.thread_id.startswith("t3_") for p in page.posts)
    assert page.unchecked == ()


def test_reddit_submission_replies(shared_data: Path) -> None:
    """The inbox page that ``replies`` reads second."""
    from bot.connectors.reddit.client import RedditClient
    from bot.connectors.reddit.normalize import normalize
    from bot.connectors.shared.limits import Limits

    client = RedditClient(RedditCredentials(**INBOX), base_url=None, limits=Limits())
    with reddit_tape(shared_data, "TestInbox.test_submission_replies"):
        data = client.listing("message/selfreply/", {"limit": 64}, NOW)
    posts = [normalize(thing, account="me", seen_at=NOW) for thing in data["children"]]
    assert len(posts) == 64
    assert all(p.parent_id and p.parent_id.startswith("t3_") and p.parent_id == p.thread_id for p in posts)


def test_reddit_info(shared_data: Path) -> None:
    """The recorded answer to 100 fullnames of things that may be gone."""
    import json

    path = shared_data / "recordings" / "reddit" / "TestReddit.test_info.json"
    recorded = json.loads(path.read_text())["interactions"][1]["request"]["uri"]
    asked = recorded.split("id=")[1].split("&")[0].replace("%2C", ",").split(",")
    account = AccountRef(brand="b", platform="reddit", handle="me")
    connector = RedditConnector(RedditCredentials(**PUBLIC))
    with reddit_tape(shared_data, "TestReddit.test_info") as played:
        look = connector.look_again(
            account, [_known("reddit", "me", name) for name in asked], Unlimited(), NOW
        )
    assert played.play_count == 2
    assert look.posts
    assert {key.external_id for key in look.gone}.isdisjoint(p.key.external_id for p in look.posts)
    assert len(look.answered) == 100


def _known(platform: str, account: str, external_id: str) -> Post:
    return Post(
        key=PostKey(platform=platform, account=account, external_id=external_id),
        thread_id=external_id,
        parent_id=None,
        direction=Direction.OUTBOUND,
        kind=Kind.POST,
        author=account,
        created_at=NOW,
        text="as it was",
    )
